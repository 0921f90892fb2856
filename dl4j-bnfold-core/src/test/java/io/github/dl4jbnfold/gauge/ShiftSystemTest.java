package io.github.dl4jbnfold.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shift equations, added one at a time and rolled back. */
class ShiftSystemTest {
  /** Cells that all carry the same scale, so that equations are plain numbers. */
  private static ScaleForest tied(int cells) {
    ScaleForest scales = new ScaleForest(cells);
    for (int cell = 1; cell < cells; cell++) {
      scales.tie(cell, null, 0, 1);
    }
    return scales;
  }

  private static ShiftSystem system(int cells) {
    return new ShiftSystem(tied(cells), cell -> 0);
  }

  private static int add(ShiftSystem system, double rhs, Object... cellsAndCoefficients) {
    Map<Integer, Double> terms = new LinkedHashMap<>();
    for (int i = 0; i < cellsAndCoefficients.length; i += 2) {
      terms.put((Integer) cellsAndCoefficients[i], (Double) cellsAndCoefficients[i + 1]);
    }
    return system.add(terms, new double[] {rhs}, 0);
  }

  private static double solution(ShiftSystem system, int cell) {
    double[] solved = system.solve(cell, 0);
    return solved == null ? 0 : solved[0];
  }

  @Test
  void equations_are_solved_whatever_their_order() {
    ShiftSystem system = system(3);

    assertThat(add(system, 5, 0, 1.0, 1, 2.0)).isNegative();
    assertThat(add(system, 1, 1, 1.0, 2, -1.0)).isNegative();
    assertThat(add(system, 4, 0, 1.0, 2, 1.0)).isNegative();

    // c0 + 2·c1 = 5, c1 − c2 = 1, c0 + c2 = 4
    assertThat(solution(system, 0)).isEqualTo(5, within(1e-12));
    assertThat(solution(system, 1)).isEqualTo(0, within(1e-12));
    assertThat(solution(system, 2)).isEqualTo(-1, within(1e-12));
  }

  @Test
  void an_equation_that_follows_from_others_holds() {
    ShiftSystem system = system(3);
    add(system, 0.1, 0, 1.0, 1, -1.0);
    add(system, 0.2, 1, 1.0, 2, -1.0);

    assertThat(add(system, 0.1 + 0.2, 0, 1.0, 2, -1.0)).isNegative();
  }

  @Test
  void an_equation_against_others_is_refused() {
    ShiftSystem system = system(3);
    add(system, 0.1, 0, 1.0, 1, -1.0);
    add(system, 0.2, 1, 1.0, 2, -1.0);

    assertThat(add(system, 0.300001, 0, 1.0, 2, -1.0)).isZero();
  }

  @Test
  void only_the_channel_that_contradicts_is_named() {
    ScaleForest scales = new ScaleForest(1);
    ShiftSystem system = new ShiftSystem(scales, cell -> 0);
    system.add(Map.of(0, 1.0), new double[] {1, 2, 3}, 0);

    assertThat(system.add(Map.of(0, 2.0), new double[] {2, 4, 7}, 0)).isEqualTo(2);
  }

  @Test
  void a_right_side_counts_in_the_scale_of_its_reference() {
    ScaleForest scales = new ScaleForest(2);
    scales.tie(0, new double[] {4}, 1, 1);
    ShiftSystem system = new ShiftSystem(scales, cell -> 0);

    assertThat(system.add(Map.of(0, 1.0), new double[] {3}, 1)).isNegative();

    assertThat(system.solve(0, 1)).as("in units of the scale of cell 1").containsExactly(3);
    assertThat(system.solve(0, 0)).as("in units of its own scale").containsExactly(0.75);
    assertThat(system.add(Map.of(0, 1.0), new double[] {0.75}, 0)).isNegative();
    assertThat(system.add(Map.of(0, 1.0), new double[] {3}, 0)).isZero();
  }

  @Test
  void a_right_side_of_rounding_errors_is_zero() {
    ShiftSystem system = system(2);
    add(system, 0.1 + 0.2, 0, 1.0);

    assertThat(add(system, 0.3, 0, 1.0)).isNegative();
  }

  @Test
  void the_preferred_cell_takes_the_shift_and_the_others_stay_free() {
    ShiftSystem system = new ShiftSystem(tied(3), cell -> cell == 1 ? 5 : 0);
    add(system, 7, 0, 1.0, 1, 1.0, 2, 1.0);

    assertThat(solution(system, 0)).isZero();
    assertThat(solution(system, 1)).isEqualTo(7);
    assertThat(solution(system, 2)).isZero();
  }

  @Test
  void rolling_back_restores_everything_though_rows_were_simplified_on_the_way() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      int cells = 7;
      ShiftSystem system = system(cells);
      disturb(system, cells, random);
      double[] before = solutions(system, cells);
      int mark = system.mark();

      disturb(system, cells, random);
      solutions(system, cells);
      system.rollback(mark);

      assertThat(system.mark()).isEqualTo(mark);
      assertThat(solutions(system, cells)).as("round " + round).isEqualTo(before);
    }
  }

  private static void disturb(ShiftSystem system, int cells, Random random) {
    for (int i = 0; i < 4; i++) {
      int x = random.nextInt(cells);
      int y = (x + 1 + random.nextInt(cells - 1)) % cells;
      add(system, random.nextGaussian(), x, 1.0, y, random.nextBoolean() ? 1.0 : -0.5);
    }
  }

  private static double[] solutions(ShiftSystem system, int cells) {
    double[] all = new double[cells];
    Arrays.setAll(all, cell -> solution(system, cell));
    return all;
  }

  @Test
  void an_equation_that_was_rolled_back_no_longer_binds() {
    ShiftSystem system = system(2);
    add(system, 1, 0, 1.0, 1, -1.0);
    int mark = system.mark();
    add(system, 2, 1, 1.0);
    assertThat(add(system, 5, 0, 1.0)).isZero();

    system.rollback(mark);

    assertThat(add(system, 5, 0, 1.0)).isNegative();
    assertThat(solution(system, 1)).isEqualTo(4);
  }

  @Test
  void a_chain_of_twenty_thousand_equations_is_solved_without_recursion() {
    int cells = 20_000;
    ShiftSystem forward = system(cells);
    ShiftSystem backward = system(cells);
    for (int cell = 1; cell < cells; cell++) {
      // Either the first or the last cell of each pair is computed from the other.
      assertThat(add(forward, 1, cell, 1.0, cell - 1, -1.0)).isNegative();
      assertThat(add(backward, -1, cell - 1, 1.0, cell, -1.0)).isNegative();
    }
    add(forward, 3, 0, 1.0);
    add(backward, 3, 0, 1.0);

    assertThat(solution(forward, cells - 1)).isEqualTo(cells + 2, within(1e-6));
    assertThat(solution(backward, cells - 1)).isEqualTo(cells + 2, within(1e-6));
    assertThat(add(forward, 0, cells - 1, 1.0)).as("contradiction at the far end").isZero();
    forward.rollback(0);
    assertThat(add(forward, 0, cells - 1, 1.0)).isNegative();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 32, 33, 64, 4096})
  void a_contradiction_is_found_however_many_equations_share_a_shift(int positions) {
    // One channel, cell 0, has many positions, each with a norm of its own behind it.
    Random random = new Random(3);
    ShiftSystem system = new ShiftSystem(tied(positions + 1), cell -> cell == 0 ? 1 : 0);
    double[] shifts = random.doubles(positions + 1, -2, 2).toArray();
    for (int cell = 1; cell <= positions; cell++) {
      assertThat(add(system, shifts[cell], 0, 1.0, cell, -1.0)).isNegative();
    }
    int mark = system.mark();
    add(system, 0, 1, 1.0);

    assertThat(add(system, 1e-6, positions, 1.0)).isZero();
    assertThat(add(system, shifts[1] - shifts[positions], positions, 1.0)).isNegative();
    system.rollback(mark);
    assertThat(add(system, 1e-6, positions, 1.0)).isNegative();
  }
}
