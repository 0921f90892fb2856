package io.github.dl4jbnfold.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Constraint.PositiveScale;
import io.github.dl4jbnfold.gauge.Constraint.ScaleRatio;
import io.github.dl4jbnfold.gauge.Constraint.ShiftEquation;
import io.github.dl4jbnfold.gauge.Constraint.UnitScale;
import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge of proofs: sets of constraints that a person can check by hand. */
class ScalarSystemTest {
  private static final Operator ANY =
      new Carrier("any", "identity", new Tensor(0, "x", 1), new Tensor(1, "y", 1));
  private static final Channel X = new Channel(0, "x", 0);
  private static final Channel Y = new Channel(1, "y", 0);
  private static final Channel Z = new Channel(2, "z", 0);

  private static Constraint ratio(Channel x, double factor, Channel y) {
    return new ScaleRatio(ANY, x, factor, y);
  }

  private static Constraint one(Channel x) {
    return new UnitScale(ANY, x);
  }

  private static Constraint positive(Channel x) {
    return new PositiveScale(ANY, x);
  }

  private static Constraint shift(Channel x, double rhs, Channel reference) {
    return new ShiftEquation(ANY, List.of(x), List.of(1.0), rhs, reference);
  }

  private static Constraint difference(Channel x, Channel y, double rhs, Channel reference) {
    return new ShiftEquation(ANY, List.of(x, y), List.of(1.0, -1.0), rhs, reference);
  }

  private static void assertFeasible(Constraint... constraints) {
    assertThat(ScalarSystem.feasible(List.of(constraints))).isTrue();
  }

  private static void assertInfeasible(Constraint... constraints) {
    assertThat(ScalarSystem.feasible(List.of(constraints))).isFalse();
  }

  @Test
  void nothing_is_possible_and_so_is_the_unchanged_network() {
    assertFeasible();
    assertFeasible(one(X), one(Y), ratio(X, 1, Y), positive(X), shift(X, 0, X));
  }

  @Test
  void two_paths_to_fixed_scales_must_agree() {
    assertFeasible(one(X), ratio(X, 2, Y), ratio(Y, 0.5, Z), one(Z));
    assertInfeasible(one(X), ratio(X, 2, Y), ratio(Y, 0.7, Z), one(Z));
    assertFeasible(ratio(X, 2, Y), ratio(Y, 0.7, Z), one(Z));
  }

  @Test
  void a_cycle_of_ratios_must_close() {
    assertFeasible(ratio(X, 2, Y), ratio(Y, 3, Z), ratio(X, 6, Z));
    assertInfeasible(ratio(X, 2, Y), ratio(Y, 3, Z), ratio(X, 5, Z));
  }

  @Test
  void a_scale_that_is_its_own_negative_is_impossible() {
    assertInfeasible(ratio(X, -1, Y), ratio(X, 1, Y));
  }

  @Test
  void signs_must_agree_along_ratios_in_whatever_order_they_come() {
    assertFeasible(positive(X), ratio(X, -2, Y));
    assertInfeasible(positive(X), ratio(X, -2, Y), positive(Y));
    assertInfeasible(positive(X), positive(Y), ratio(X, -2, Y));
    assertInfeasible(positive(Y), ratio(X, -2, Y), one(X));
    assertFeasible(positive(X), positive(Y), ratio(X, -2, Z));
  }

  @Test
  void shifts_are_a_linear_system() {
    assertFeasible(one(X), one(Y), difference(X, Y, 0.5, Y), shift(X, 0.75, X), shift(Y, 0.25, Y));
    assertInfeasible(one(X), one(Y), difference(X, Y, 0.5, Y), shift(X, 0, X), shift(Y, 0, Y));
    assertFeasible(one(X), one(Y), difference(X, Y, 0.5, Y), shift(X, 0, X));
  }

  @Test
  void a_right_side_alone_is_impossible_because_no_scale_is_zero() {
    assertInfeasible(shift(X, 0, X), shift(X, 0.5, Y));
    assertInfeasible(difference(X, X, 0.5, Y));
  }

  @Test
  void right_sides_in_two_free_scales_can_balance() {
    assertFeasible(shift(X, 2, Y), shift(X, 3, Z));
    assertFeasible(shift(X, 2, Y), shift(X, -3, Z));
  }

  @Test
  void right_sides_in_two_scales_of_known_sign_cannot_balance_against_it() {
    assertFeasible(shift(X, 2, Y), shift(X, 3, Z), positive(Y), positive(Z));
    assertInfeasible(shift(X, 2, Y), shift(X, -3, Z), positive(Y), positive(Z));
    assertInfeasible(shift(X, 2, Y), shift(X, -3, Z), one(Y), positive(Z));
  }

  @Test
  void right_sides_in_tied_scales_are_compared_in_one_unit() {
    assertFeasible(shift(X, 2, Y), shift(X, 6, Z), ratio(Y, 3, Z));
    assertInfeasible(shift(X, 2, Y), shift(X, 5, Z), ratio(Y, 3, Z));
  }

  @Test
  void rounding_is_not_a_contradiction() {
    assertFeasible(shift(X, 0.1 + 0.2, X), shift(X, 0.3, X));
    assertFeasible(ratio(X, 1.0 / 3, Y), ratio(Y, 3, X));
    assertInfeasible(shift(X, 0.3 + 1e-6, X), shift(X, 0.3, X));
  }
}
