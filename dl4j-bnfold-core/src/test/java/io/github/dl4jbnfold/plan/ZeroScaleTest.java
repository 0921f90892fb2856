package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Plans of networks with a scale of 0, and what the enumeration says of them. */
class ZeroScaleTest {
  private final Random random = new Random(5);

  @Test
  void a_constant_goes_into_an_addition_before_zero_padding_if_what_lies_between_absorbs_it() {
    Sketch net = new Sketch();
    Tensor x = net.norm(net.input(2), vector(0, number()), vector(number(), number()));
    Tensor y = net.norm(x, vector(number(), 0), vector(number(), number()));
    net.output(net.padded(net.addConstant(y, number(), number()), 2));

    planRemoves(net.build(), "bn1");
  }

  @Test
  void a_constant_does_not_go_through_an_addition_into_zero_padding() {
    Sketch net = new Sketch();
    Tensor x = net.norm(net.input(2), vector(0, 0), vector(number(), number()));
    net.output(net.padded(net.addConstant(x, number(), number()), 2));

    planRemoves(net.build());
  }

  @Test
  void each_channel_behind_a_scale_of_zero_goes_in_the_way_that_it_can() {
    double constant = number();
    double scale = number();
    Sketch net = new Sketch();
    Tensor x = net.norm(net.input(2), vector(0, 0), vector(number(), constant));
    net.output(x);
    // The second channel is scale·constant − scale·constant = 0, which zero padding takes.
    net.output(net.padded(net.norm(x, vector(number(), scale), vector(0, -scale * constant)), 2));

    planRemoves(net.build(), "bn2");
  }

  @Test
  void of_two_readers_of_a_constant_one_may_see_it_as_a_gauge_and_one_as_a_constant() {
    double constant = number();
    double scale = number();
    Sketch net = new Sketch();
    Tensor x = net.norm(net.input(1), vector(0), vector(constant));
    net.output(net.norm(x, vector(number()), vector(number())));
    net.output(net.padded(net.norm(x, vector(scale), vector(-scale * constant)), 2));

    planRemoves(net.build(), "bn2", "bn3");
  }

  @Test
  void a_constant_goes_back_through_a_sum_of_linear_operators() {
    Sketch net = new Sketch();
    Tensor x = net.input(2);
    Tensor sum = net.add(net.linear(x, 2), net.padded(x, 2));
    net.output(net.norm(sum, vector(0, number()), vector(number(), number())));

    planRemoves(net.build(), "bn1");
  }

  @Test
  void what_a_number_cannot_write_a_norm_that_stays_holds() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(2), 2, Border.NONE, BiasSlot.NUMBER);
    Tensor y = net.norm(net.norm(x, pair(), pair()), pair(), pair());
    net.output(net.zeroPad(net.norm(net.multiply(y, 0, number()), pair(), pair())));

    planRemoves(net.build(), "bn2", "bn3");
  }

  @Test
  void a_matrix_without_bias_writes_no_constant_but_zero() {
    for (double t : new double[] {0, number()}) {
      Sketch net = new Sketch();
      Tensor x = net.linear(net.input(2), 2, Border.NONE, BiasSlot.NEEDS_OPERATOR);
      net.output(net.sigmoid(net.norm(x, vector(0, number()), vector(t, 0))));

      planRemoves(net.build(), t == 0 ? new String[] {"bn1"} : new String[0]);
    }
  }

  @Test
  void a_multiplication_goes_in_the_way_that_lets_a_norm_go() {
    Sketch net = new Sketch();
    Tensor x = net.norm(net.input(2), vector(0, number()), vector(0, number()));
    net.output(net.padded(net.multiply(x, number(), number()), 2));
    net.output(net.padded(net.norm(x, pair(), vector(number(), 0)), 2));

    planRemoves(net.build(), "bn2");
  }

  private static void planRemoves(Graph graph, String... names) {
    Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
    Set<BatchNorm> gone = new HashSet<>(plan.removedBatchNorms());

    assertThat(gone.stream().map(BatchNorm::name)).containsExactlyInAnyOrder(names);
    assertThat(BruteForce.possible(graph, gone)).as("possible").isTrue();
    assertThat(BruteForce.largest(graph)).as("largest").isEqualTo(List.of(names).size());
    assertThat(plan.most()).as("bound").isGreaterThanOrEqualTo(List.of(names).size());
  }

  /** Between 0.4 and 1.6, with any sign. */
  private double number() {
    double magnitude = 0.4 + 1.2 * random.nextDouble();
    return random.nextBoolean() ? magnitude : -magnitude;
  }

  private double[] pair() {
    return vector(number(), number());
  }

  private static double[] vector(double... values) {
    return Arrays.copyOf(values, values.length);
  }
}
