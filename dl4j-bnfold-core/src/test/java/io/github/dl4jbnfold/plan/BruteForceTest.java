package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.gauge.ScalarSystem;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plans of small networks against the enumeration of all sets of batch normalizations. */
class BruteForceTest {
  private static final int MOST_NORMS = 6;

  @Test
  void plans_of_random_small_networks_are_possible_and_cannot_be_extended() {
    compare(1, 4_000, 20, graph -> graph);
  }

  @Test
  void plans_of_networks_with_numbers_and_without_biases_are_possible_and_cannot_be_extended() {
    compare(1, 4_000, 40, BruteForceTest::bound);
  }

  @Test
  @Tag("nightly")
  void plans_of_many_random_small_networks_are_possible_and_cannot_be_extended() {
    compare(100_000, 300_000, 1_500, graph -> graph);
    compare(100_000, 300_000, 3_000, BruteForceTest::bound);
  }

  @Test
  void the_judge_of_proofs_agrees_with_the_enumeration() {
    Random random = new Random(11);
    for (long seed = 1; seed <= 3_000; seed++) {
      Graph graph = random(seed);
      Set<Removable> some =
          nonZero(
              graph.removables().stream()
                  .filter(r -> r instanceof BatchNorm && random.nextBoolean())
                  .collect(Collectors.toSet()));
      assertThat(ScalarSystem.feasible(ScalarConstraints.of(graph, some)))
          .as(
              "seed %d: %s without %s",
              seed, text(graph), some.stream().map(Removable::name).toList())
          .isEqualTo(BruteForce.feasible(graph, some));
    }
  }

  @Test
  void one_after_the_other_is_not_enough_where_two_scales_and_a_shift_meet() {
    Sketch net = new Sketch();
    Tensor x = net.relu(net.linear(net.input(2), 2));
    Tensor y1 = net.norm(x, 1.3, 0.4);
    Tensor y2 = net.norm(x, 0.8, -0.3);
    net.output(net.linear(net.add(y1, y2), 2));
    net.output(net.padded(net.norm(y1, 1.7, 0.9), 2));
    Graph graph = net.build();

    Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);

    assertThat(names(plan.removedBatchNorms())).containsExactly("bn2", "bn3");
    assertThat(plan.isMaximum()).isTrue();
    assertThat(BruteForce.feasible(graph, norms(graph, "bn1", "bn2"))).isFalse();
    assertThat(BruteForce.feasible(graph, norms(graph, "bn1", "bn3"))).isFalse();
    assertThat(BruteForce.feasible(graph, norms(graph, "bn2", "bn3"))).isTrue();
    assertThat(BruteForce.largest(graph)).isEqualTo(2);
  }

  @Test
  void every_proof_is_made_of_demands_of_the_network_that_cannot_hold_together() {
    int proofs = 0;
    for (long seed = 1; seed <= 2_000; seed++) {
      Graph graph = random(seed);
      Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
      for (Kept kept : plan.kept()) {
        Set<Removable> gone = new HashSet<>(plan.removedBatchNorms());
        gone.addAll(norms(graph, kept.name()));
        List<Constraint> demands = new ArrayList<>(ScalarConstraints.of(graph, gone));
        graph.removables().stream().filter(ConstantMultiply.class::isInstance).forEach(gone::add);
        demands.addAll(ScalarConstraints.of(graph, gone));
        boolean oneWay = !hasZeroScale(graph);
        if (!kept.proof().isEmpty() && oneWay) {
          proofs++;
          assertThat(demands)
              .as("demands, seed %d: %s", seed, text(graph))
              .containsAll(kept.proof());
          assertThat(ScalarSystem.feasible(kept.proof())).as("seed %d", seed).isFalse();
        }
      }
    }
    assertThat(proofs).as("proofs").isGreaterThan(500);
  }

  @Test
  void any_order_of_the_operators_gives_the_same_count() {
    Random random = new Random(3);
    for (long seed = 1; seed <= 1_000; seed++) {
      Graph graph = random(seed);
      Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
      for (int i = 0; i < 3; i++) {
        Plan other =
            Planner.plan(
                shuffled(graph, random), Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
        assertThat(other.removedBatchNorms().size())
            .as("removed from %s", text(graph))
            .isEqualTo(plan.removedBatchNorms().size());
      }
    }
  }

  /** The same network with its operators in another order, producers still before readers. */
  private static Graph shuffled(Graph graph, Random random) {
    Graph.Builder builder = new Graph.Builder();
    graph.tensors().forEach(tensor -> builder.tensor(tensor.name(), tensor.channels()));
    List<Operator> left = new ArrayList<>(graph.operators());
    left.removeIf(o -> o instanceof Wall wall && wall.kind().equals(Wall.OUTPUT));
    Set<Tensor> written = new HashSet<>();
    while (!left.isEmpty()) {
      Operator next = left.get(random.nextInt(left.size()));
      if (written.containsAll(next.inputs())) {
        left.remove(next);
        written.addAll(next.outputs());
        builder.add(next);
      }
    }
    graph.outputs().forEach(builder::output);
    return builder.build();
  }

  /**
   * The same network, where numbers are inside some operators, and some linear ones have no bias or
   * a number for one.
   */
  private static Graph bound(Graph graph) {
    Random random = new Random(graph.operators().size());
    Graph.Builder builder = new Graph.Builder();
    graph.tensors().forEach(tensor -> builder.tensor(tensor.name(), tensor.channels()));
    for (Operator operator : graph.operators()) {
      boolean changes = random.nextInt(3) == 0;
      if (changes && operator instanceof ConstantMultiply m) {
        // What it does is undone by no other operator: else an output could be another one again.
        double number = 1.0625 * m.scale()[0];
        double[] scale = {number, number};
        builder.add(new ConstantMultiply(m.name(), m.input(), m.output(), scale, true));
      } else if (changes && operator instanceof ConstantAdd k) {
        double number = 0.0625 + k.shift()[0];
        double[] shift = {number, number};
        builder.add(new ConstantAdd(k.name(), k.input(), k.output(), shift, true));
      } else if (changes && operator instanceof Linear linear) {
        BiasSlot bias = random.nextBoolean() ? BiasSlot.NEEDS_OPERATOR : BiasSlot.NUMBER;
        builder.add(
            new Linear(
                linear.name(),
                linear.kind(),
                linear.input(),
                linear.output(),
                linear.border(),
                bias));
      } else if (!(operator instanceof Wall wall && wall.kind().equals(Wall.OUTPUT))) {
        builder.add(operator);
      }
    }
    graph.outputs().forEach(builder::output);
    return builder.build();
  }

  private static void compare(
      long firstSeed, int count, int mostUnproved, UnaryOperator<Graph> change) {
    int notMaximum = 0;
    int notProved = 0;
    int all = 0;
    int removed = 0;
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      Graph graph = change.apply(random(seed));
      Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
      Set<BatchNorm> gone = new HashSet<>(plan.removedBatchNorms());
      String text = "seed " + seed + ": " + text(graph) + "\nremoved " + names(gone);
      assertThat(BruteForce.possible(graph, gone)).as("possible, " + text).isTrue();
      assertThat(BruteForce.feasible(graph, plan.removed())).as("possible, " + text).isTrue();
      assertThat(BruteForce.violation(graph, nonZero(plan.removed()), plan.gauges()))
          .as("violation by the gauges, " + text)
          .isLessThan(1e-9);
      graph.removables().stream()
          .filter(r -> r.freedom() == Freedom.SCALE && !plan.removed().contains(r))
          .flatMap(r -> Stream.of(r.input(), r.output()))
          .forEach(
              tensor ->
                  assertThat(plan.gauges().of(tensor).shift())
                      .as("shift of %s, %s", tensor, text)
                      .containsOnly(new double[] {0}, offset(1e-9)));
      for (Removable candidate : graph.removables()) {
        if (candidate instanceof BatchNorm norm
            && !gone.contains(norm)
            && !sparesAnOperator(plan)) {
          Set<BatchNorm> more = new HashSet<>(gone);
          more.add(norm);
          assertThat(BruteForce.possible(graph, more))
              .as("%s could go, too, %s", norm.name(), text)
              .isFalse();
        }
      }
      all += graph.removables().stream().filter(BatchNorm.class::isInstance).count();
      removed += gone.size();
      int largest = BruteForce.largest(graph);
      assertThat(plan.most()).as("bound, " + text).isGreaterThanOrEqualTo(largest);
      notMaximum += largest > gone.size() && !sparesAnOperator(plan) ? 1 : 0;
      boolean proved = plan.isMaximum() || hasZeroScale(graph) || sparesAnOperator(plan);
      assertThat(proved).as("proved, " + text).isTrue();
      notProved += plan.isMaximum() ? 0 : 1;
    }
    System.out.printf(
        "%d small networks from seed %d: %d of %d batch normalizations removed, %d plans not"
            + " maximum, %d not proved to be%n",
        count, firstSeed, removed, all, notMaximum, notProved);
    assertThat(notMaximum).as("plans that are not maximum").isZero();
    assertThat(notProved).as("plans that are not proved to be maximum").isLessThan(mostUnproved);
  }

  /** That a constant or a second name would need a new operator is not among the equations. */
  private static boolean sparesAnOperator(Plan plan) {
    return plan.kept().stream().anyMatch(kept -> kept.detail().contains("new operator"));
  }

  /**
   * Behind a scale of 0 a batch normalization can be removed in two ways, which no proof compares.
   */
  private static boolean hasZeroScale(Graph graph) {
    return graph.removables().stream()
        .anyMatch(r -> Arrays.stream(r.scale()).anyMatch(s -> s == 0));
  }

  /** Channels with scale 0 are finished by other rules than the equations. */
  private static Set<Removable> nonZero(Set<Removable> removed) {
    return removed.stream()
        .filter(r -> Arrays.stream(r.scale()).allMatch(s -> s != 0))
        .collect(Collectors.toSet());
  }

  private static Set<BatchNorm> norms(Graph graph, String... names) {
    return graph.removables().stream()
        .filter(r -> List.of(names).contains(r.name()))
        .map(BatchNorm.class::cast)
        .collect(Collectors.toSet());
  }

  private static List<String> names(Collection<BatchNorm> norms) {
    return norms.stream().map(BatchNorm::name).sorted().toList();
  }

  private static String text(Graph graph) {
    return graph.operators().stream()
        .map(
            o ->
                "%s = %s %s %s".formatted(o.outputs(), o.name(), o.kind(), o.inputs()) + numbers(o))
        .collect(Collectors.joining("\n  ", "\n  ", ""));
  }

  private static String numbers(Operator operator) {
    return operator instanceof Removable affine
        ? " scale %s shift %s %s"
            .formatted(
                Arrays.toString(affine.scale()), Arrays.toString(affine.shift()), affine.freedom())
        : operator instanceof Linear linear ? " " + linear.border() + " " + linear.bias() : "";
  }

  /**
   * Tensors of two channels; parameters are generic, or from a few numbers, so that some conflicts
   * vanish by coincidence.
   */
  private static Graph random(long seed) {
    Random random = new Random(seed * 31 + 7);
    Sketch net = new Sketch();
    List<Tensor> tensors = new ArrayList<>(List.of(net.input(2)));
    int operators = 3 + random.nextInt(9);
    int norms = 0;
    boolean generic = random.nextBoolean();
    Set<Tensor> read = new HashSet<>();
    for (int i = 0; i < operators; i++) {
      int back = random.nextInt(3) == 0 ? random.nextInt(tensors.size()) : 0;
      Tensor x = tensors.get(tensors.size() - 1 - back);
      Tensor y = tensors.get(random.nextInt(tensors.size()));
      read.add(x);
      int dice = random.nextInt(20);
      if (dice < 7 && norms < MOST_NORMS) {
        norms++;
        tensors.add(net.norm(x, scales(random, generic), shifts(random, generic)));
      } else {
        tensors.add(operator(net, dice, x, y, random, generic));
        read.add(y);
      }
    }
    for (Tensor tensor : tensors) {
      if (!read.contains(tensor) || random.nextInt(15) == 0) {
        net.output(tensor);
      }
    }
    return net.build();
  }

  private static Tensor operator(
      Sketch net, int dice, Tensor x, Tensor y, Random random, boolean generic) {
    return switch (dice) {
      case 0, 1 -> net.linear(x, 2, Border.values()[random.nextInt(3)]);
      case 2, 3, 7, 8 -> net.linear(x, 2);
      case 4, 9 -> net.padded(x, 2);
      case 5, 10 -> net.relu(x);
      case 6, 11 -> net.add(x, y);
      case 12 -> net.combine(List.of(x, y, x), 1.0, -1.0, 0.5);
      case 13 -> net.select(net.concat(x, y), 1, 2);
      case 14 -> net.maxPool(x);
      case 15 -> net.mean(x);
      case 16 -> random.nextBoolean() ? net.zeroPad(x) : net.select(x, 1, -1);
      case 17 -> net.multiply(x, scales(random, generic));
      case 18 ->
          random.nextBoolean() ? net.addConstant(x, shifts(random, generic)) : net.addField(x);
      default ->
          switch (random.nextInt(3)) {
            case 0 -> net.sigmoid(x);
            case 1 -> net.relu6(x);
            default -> net.product(x, net.sigmoid(y));
          };
    };
  }

  private static double[] scales(Random random, boolean generic) {
    double[] few = {2, 2, 0.5, 3, -2, 0};
    boolean signs = random.nextInt(3) == 0;
    double[] s = new double[2];
    for (int i = 0; i < 2; i++) {
      s[i] = generic ? 0.3 + random.nextDouble() : few[random.nextInt(few.length)];
      s[i] *= generic && signs && random.nextBoolean() ? -1 : 1;
      s[i] = generic && random.nextInt(25) == 0 ? 0 : s[i];
    }
    return s;
  }

  private static double[] shifts(Random random, boolean generic) {
    double[] few = {0, 0, 1, -0.5};
    return generic
        ? new double[] {random.nextGaussian(), random.nextGaussian()}
        : new double[] {few[random.nextInt(4)], few[random.nextInt(4)]};
  }
}
