package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Random graphs of layers keep their function when they are folded, to 1e-9 of the largest output
 * value in float64. A failing graph is cut off behind the step that makes it fail, and printed.
 */
class RandomNetworkTest {
  private static final double TOLERANCE = 1e-9;

  /** An output of zeros is compared with what rounding leaves of numbers near 1. */
  private static final double VANISHED = 1e-13;

  private static final int STEPS = 10;
  private static final int MOST_FAILURES = 3;

  private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
  private int norms;
  private int removed;
  private int refused;

  @Test
  void a_hundred_and_fifty_random_networks_fold_exactly() {
    check(1, 150);
  }

  @Test
  @Tag("nightly")
  void three_thousand_random_networks_fold_exactly() {
    check(1_000, 3_000);
  }

  private void check(long firstSeed, int count) {
    List<String> failures = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      if (failure(seed, STEPS) == null) {
        continue;
      }
      if (failures.size() < MOST_FAILURES) {
        failures.add(smallest(seed));
      } else {
        others.add(seed);
      }
    }
    System.out.printf(
        "%d random networks of layers from seed %d: %d of %d batch normalizations removed, kept"
            + " %s; %d that Deeplearning4j does not run%n",
        count, firstSeed, removed, norms, reasons, refused);
    if (!failures.isEmpty()) {
      fail(
          "%d of %d networks fail, besides those below the seeds %s.%n%n%s",
          failures.size() + others.size(), count, others, String.join("\n\n", failures));
    }
    assertThat(removed).as("removed").isGreaterThan(norms / 3);
    assertThat(refused).as("not run").isLessThan(count / 5);
  }

  private String smallest(long seed) {
    int steps = 0;
    while (failure(seed, steps) == null) {
      steps++;
    }
    return "seed %d, %d steps: %s%n%s"
        .formatted(
            seed,
            steps,
            failure(seed, steps),
            NetworkGenerator.generate(seed, steps).configuration().getVertexInputs());
  }

  /** What is wrong with the fold of a network; null if nothing is. */
  private @Nullable String failure(long seed, int steps) {
    try {
      fold(seed, steps);
      return null;
    } catch (RuntimeException | AssertionError e) {
      StackTraceElement at = e.getStackTrace().length == 0 ? null : e.getStackTrace()[0];
      return e instanceof AssertionError ? e.getMessage().strip() : e + " at " + at;
    }
  }

  private void fold(long seed, int steps) {
    NetworkGenerator.Generated generated = NetworkGenerator.generate(seed, steps);
    ComputationGraph graph = new ComputationGraph(generated.configuration());
    graph.init();
    RandomParameters.in(graph, seed, seed % 2 == 0 ? 0 : 0.5);
    silenceSomeChannels(graph, new Random(seed));
    long[] shape = generated.shape(2, NetworkGenerator.HEIGHT, NetworkGenerator.WIDTH);
    if (!runs(graph, shape)) {
      refused++;
      return;
    }
    FoldingOptions options = FoldingOptions.defaults().inputShape("x", shape);

    NetworkFold fold = NetworkFold.of(graph, options);

    ComputationGraph after = (ComputationGraph) fold.after();
    checkNames(graph, after, fold.report());
    checkEqual(graph, after, generated, NetworkGenerator.HEIGHT, NetworkGenerator.WIDTH);
    if (!generated.fixedSize()) {
      checkEqual(graph, after, generated, NetworkGenerator.HEIGHT + 2, NetworkGenerator.WIDTH + 3);
    }
    if (fold.report().kept().stream().noneMatch(k -> k.reason() == Reason.ILL_CONDITIONED)) {
      // Precision is judged relative to the network as it is now, which has changed.
      assertThat(BatchNormFolding.plan(after, options).removed()).as("by a second fold").isEmpty();
    }
    norms += fold.report().batchNorms();
    removed += fold.report().removed().size();
    fold.report().kept().forEach(kept -> reasons.merge(kept.reason(), 1, Integer::sum));
  }

  /** Deeplearning4j's workspaces do not bear some graphs with several outputs. */
  private static boolean runs(ComputationGraph graph, long[] shape) {
    try {
      new GraphNetwork(graph).outputs(List.of(Nd4j.randn(DataType.DOUBLE, shape)), null);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** One scale in thirty is 0. */
  private static void silenceSomeChannels(ComputationGraph graph, Random random) {
    graph
        .paramTable()
        .forEach(
            (name, array) -> {
              if (name.endsWith("_gamma") && random.nextInt(10) == 0) {
                array.putScalar(random.nextInt((int) array.length()), 0);
              }
            });
  }

  private static void checkNames(
      ComputationGraph before, ComputationGraph after, FoldReport report) {
    Set<String> reported = new TreeSet<>(report.removed());
    report.kept().forEach(kept -> reported.add(kept.name()));
    assertThat(reported).isEqualTo(norms(before)).hasSize(report.batchNorms());
    assertThat(norms(after))
        .hasSize(report.kept().size())
        .doesNotContainAnyElementsOf(removed(report));
    assertThat(after.getConfiguration().getNetworkOutputs())
        .isEqualTo(before.getConfiguration().getNetworkOutputs());
    report
        .kept()
        .forEach(
            kept -> {
              assertThat(kept.detail()).as("detail of " + kept.name()).isNotBlank();
              assertThat(kept.remedy()).as("remedy of " + kept.name()).isNotBlank();
            });
  }

  private static List<String> removed(FoldReport report) {
    return report.removed().isEmpty() ? List.of("none") : report.removed();
  }

  private static Set<String> norms(ComputationGraph graph) {
    Set<String> norms = new TreeSet<>();
    graph
        .getConfiguration()
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof LayerVertex layer
                  && layer.getLayerConf().getLayer() instanceof BatchNormalization) {
                norms.add(name);
              }
            });
    return norms;
  }

  private static void checkEqual(
      ComputationGraph before,
      ComputationGraph after,
      NetworkGenerator.Generated generated,
      int height,
      int width) {
    INDArray input = Nd4j.randn(DataType.DOUBLE, generated.shape(3, height, width));
    List<INDArray> expected = NetworkFold.outputs(before, input);
    List<INDArray> actual = NetworkFold.outputs(after, input);
    for (int i = 0; i < expected.size(); i++) {
      double largest = expected.get(i).amaxNumber().doubleValue();
      assertThat(actual.get(i).shape()).isEqualTo(expected.get(i).shape());
      assertThat(actual.get(i).sub(expected.get(i)).amaxNumber().doubleValue())
          .as("error of output %d, of magnitude %g", i, largest)
          .isLessThanOrEqualTo(Math.max(TOLERANCE * largest, VANISHED));
    }
  }
}
