package io.github.dl4jbnfold.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.gauge.ScalarSystem;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Kept;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Random networks keep their function when they are folded, to 1e-9 of the largest output value in
 * float64, and what stays is proved to stay; where no operator may be added, of no type are there
 * more than before. A failing network is made smaller and printed.
 */
class RandomGraphTest {
  /** An output of zeros is compared with what rounding leaves of numbers near 1. */
  private static final double VANISHED = 1e-14;

  private static final double TOLERANCE = 1e-9;
  private static final int MOST_FAILURES = 3;
  private static final Set<Reason> CONFLICTS =
      EnumSet.of(Reason.SCALE_CONFLICT, Reason.SIGN_CONFLICT, Reason.SHIFT_CONFLICT);

  private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
  private final Map<String, Integer> repairs = new TreeMap<>();
  private int removed;
  private int removedWithoutNew;
  private int unstable;

  @Test
  void three_hundred_random_networks_fold_exactly_and_completely() {
    check(1, 300);
  }

  @Test
  @Tag("nightly")
  void ten_thousand_random_networks_fold_exactly_and_completely() {
    check(1_000, 10_000);
  }

  private void check(long firstSeed, int count) {
    List<String> failures = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      RandomGraph graph = GraphGenerator.generate(seed);
      String failure = failure(graph);
      if (failure != null && failures.size() < MOST_FAILURES) {
        RandomGraph small = GraphShrinker.shrink(graph, g -> failure(g) != null);
        failures.add(failure(small) + "\n" + small);
      } else if (failure != null) {
        others.add(seed);
      }
    }
    System.out.printf(
        "%d random networks from seed %d: %d batch normalizations removed (%d without new"
            + " operators), kept %s; repairs %s; %d that ND4J does not run or repeat%n",
        count, firstSeed, removed, removedWithoutNew, reasons, repairs, unstable);
    assertThat(repairs)
        .as("repairs that were chosen")
        .containsOnlyKeys(
            "BORDER_MAP", "CLAMP", "IDENTITY_TAP", "ONES_CHANNEL", "PAD_VALUE", "POINT_MERGE");
    assertThat(unstable).as("networks that ND4J does not compute twice").isLessThan(count / 100);
    if (!failures.isEmpty()) {
      fail(
          "%d of %d networks fail, besides those below the seeds %s.%n%n%s",
          failures.size() + others.size(), count, others, String.join("\n", failures));
    }
  }

  /** What is wrong with the fold of a network; null if nothing is. */
  private String failure(RandomGraph graph) {
    try {
      fold(graph, Objective.FEWEST_BATCH_NORMS);
      fold(graph, Objective.NO_NEW_OPERATORS);
      return null;
    } catch (RuntimeException | AssertionError e) {
      StackTraceElement at = e.getStackTrace().length == 0 ? null : e.getStackTrace()[0];
      return e instanceof AssertionError ? e.getMessage().strip() : e + " at " + at;
    }
  }

  private void fold(RandomGraph description, Objective objective) {
    RandomGraph.Built built = description.build();
    if (built.outputs().isEmpty()) {
      return;
    }
    SameDiff graph = built.graph();
    List<String> outputs = built.outputs();
    List<Map<String, INDArray>> inputs = inputs(description, graph, outputs);
    List<Map<String, INDArray>> before;
    try {
      before = inputs.stream().map(x -> run(graph, x, outputs)).toList();
    } catch (RuntimeException e) {
      // ND4J itself: depthwise_conv2d refuses some arrays of one element.
      unstable++;
      return;
    }
    List<Map<String, INDArray>> again = inputs.stream().map(x -> run(graph, x, outputs)).toList();
    if (!again.equals(before)) {
      // ND4J itself: rarely a second run of a dense tail with a concatenation gives other values.
      unstable++;
      return;
    }

    SameDiffFolding folding = plan(description, graph, outputs, objective);
    Plan plan = folding.plan();
    plan.kept().forEach(RandomGraphTest::checkReason);
    folding.apply();
    folding.next().ifPresent(SameDiffFolding::apply);
    if (objective == Objective.NO_NEW_OPERATORS) {
      removedWithoutNew += plan.removedBatchNorms().size();
      Fold.noneIsAdded(description.build().graph(), graph);
    } else {
      count(plan, outputs);
    }

    for (int i = 0; i < inputs.size(); i++) {
      checkEqual(before.get(i), run(graph, inputs.get(i), outputs));
    }
    if (plan.kept().stream().anyMatch(kept -> kept.reason() == Reason.ILL_CONDITIONED)) {
      return; // Precision is judged relative to the network as it is now, which has changed.
    }
    assertThat(plan(description, graph, outputs, objective).plan().removedBatchNorms())
        .extracting(BatchNorm::name)
        .as("removed by a second fold")
        .isEmpty();
  }

  private void count(Plan plan, List<String> outputs) {
    removed += plan.removedBatchNorms().size();
    plan.kept().forEach(kept -> reasons.merge(kept.reason(), 1, Integer::sum));
    FoldReport report = FoldReport.planned(plan, outputs, new FoldReport.Size(0, 0), 0);
    report.repairs().forEach(r -> repairs.merge(r.repair(), 1, Integer::sum));
  }

  private static SameDiffFolding plan(
      RandomGraph description, SameDiff graph, List<String> outputs, Objective objective) {
    long[] shape = description.inputShape(2, description.height(), description.width());
    return SameDiffFolding.plan(
        graph,
        new SameDiffFolding.Settings(
            outputs,
            name -> false,
            OptionalDouble.empty(),
            description.hasFreeSizes() ? Map.of("v0", shape) : Map.of(),
            objective,
            Optional.empty()));
  }

  private static Map<String, INDArray> inputs(RandomGraph graph, int batch) {
    return inputs(graph, batch, 0);
  }

  /**
   * @param added to height and width
   */
  private static Map<String, INDArray> inputs(RandomGraph graph, int batch, int added) {
    return Map.of(
        "v0",
        Nd4j.getRandomFactory()
            .getNewRandomInstance(graph.seed() + batch)
            .nextGaussian(graph.inputShape(batch, graph.height() + added, graph.width() + added))
            .castTo(DataType.DOUBLE));
  }

  /** Another size as well, where the network leaves it open and takes it. */
  private static List<Map<String, INDArray>> inputs(
      RandomGraph description, SameDiff graph, List<String> outputs) {
    List<Map<String, INDArray>> inputs =
        new ArrayList<>(List.of(inputs(description, 2), inputs(description, 3)));
    if (description.hasFreeSizes()) {
      Map<String, INDArray> larger = inputs(description, 2, 3);
      try {
        run(graph, larger, outputs);
        inputs.add(larger);
      } catch (RuntimeException e) {
        // A layer on the way needs the first size.
      }
    }
    return inputs;
  }

  private static Map<String, INDArray> run(
      SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    assertThat(outputs).as("outputs keep their names").allMatch(graph::hasVariable);
    Map<String, INDArray> results = new HashMap<>();
    // An identity and its input may share one array, which a later run takes back.
    graph.output(inputs, outputs).forEach((name, array) -> results.put(name, array.dup()));
    return results;
  }

  private static void checkEqual(Map<String, INDArray> before, Map<String, INDArray> after) {
    before.forEach(
        (name, original) -> {
          INDArray folded = after.get(name);
          assertThat(folded.shape()).as("shape of " + name).isEqualTo(original.shape());
          double error = largest(original.sub(folded));
          assertThat(error)
              .as("error of %s, of magnitude %g", name, largest(original))
              .isLessThanOrEqualTo(Math.max(TOLERANCE * largest(original), VANISHED));
        });
  }

  private static double largest(INDArray array) {
    return array.isEmpty() ? 0 : Nd4j.math().abs(array).maxNumber().doubleValue();
  }

  private static void checkReason(Kept kept) {
    assertThat(kept.reason()).as("reason of " + kept.name()).isNotNull();
    assertThat(kept.detail()).as("detail of " + kept.name()).isNotBlank();
    assertThat(kept.remedy()).as("remedy of " + kept.name()).isNotBlank();
    if (!CONFLICTS.contains(kept.reason())) {
      return;
    }
    List<Constraint> proof = kept.proof();
    assertThat(proof).as("proof of " + kept.name()).isNotEmpty();
    assertThat(ScalarSystem.feasible(proof)).as("solvable: %s", proof).isFalse();
    for (Constraint left : proof) {
      List<Constraint> rest = new ArrayList<>(proof);
      rest.remove(left);
      assertThat(ScalarSystem.feasible(rest)).as("%s is needed in %s", left, proof).isTrue();
    }
  }
}
