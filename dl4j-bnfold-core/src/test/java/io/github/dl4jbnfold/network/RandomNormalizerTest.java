package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Normalizers;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;

/** Random graphs behind random normalizers: these go exactly, or there is a reason. */
class RandomNormalizerTest {
  private static final int STEPS = 8;
  private int folded;
  private int refused;

  @Test
  void sixty_random_networks_take_their_normalizers_or_say_why_not() {
    check(5_000, 60);
  }

  @Test
  @Tag("nightly")
  void two_thousand_random_networks_take_their_normalizers_or_say_why_not() {
    check(10_000, 2_000);
  }

  private void check(long first, int count) {
    for (long seed = first; seed < first + count; seed++) {
      fold(seed);
    }
    System.out.printf("%d normalizers folded, %d refused%n", folded, refused);
    assertThat(folded).as("folded").isGreaterThan(count / 10);
    assertThat(refused).as("refused").isGreaterThan(count / 10);
  }

  private void fold(long seed) {
    NetworkGenerator.Generated generated = NetworkGenerator.generate(seed, STEPS);
    ComputationGraph graph = new ComputationGraph(generated.configuration());
    graph.init();
    RandomParameters.in(graph, seed);
    long[] shape = generated.shape(2, NetworkGenerator.HEIGHT, NetworkGenerator.WIDTH);
    if (!runs(graph, shape)) {
      return;
    }
    DataNormalization normalizer = normalizer(seed, generated);
    NetworkFold fold;
    try {
      fold =
          NetworkFold.of(
              graph,
              FoldingOptions.defaults()
                  .inputShape("x", shape)
                  .portable(seed % 2 == 0)
                  .objective(
                      seed % 5 == 0 ? Objective.NO_NEW_OPERATORS : Objective.FEWEST_BATCH_NORMS)
                  .foldNormalizer(normalizer));
    } catch (FoldingException e) {
      assertThat(e)
          .as("seed %d", seed)
          .hasMessageStartingWith("The normalizer of the input 'x' cannot be folded. ");
      refused++;
      return;
    }
    folded++;
    fold.equalOutputs(
        in -> new INDArray[] {Normalizers.transformed(normalizer, in[0])},
        Nd4j.randn(DataType.DOUBLE, shape).muli(2));
  }

  /** Half of them only scale; those of channels-last images treat all elements alike. */
  private static DataNormalization normalizer(long seed, NetworkGenerator.Generated generated) {
    boolean shifts = seed % 4 > 1;
    if (generated.format() == CNN2DFormat.NHWC) {
      return new ImagePreProcessingScaler(shifts ? -0.7 : 0, 1.9, 3);
    }
    int channels = (int) generated.shape(1, 1, 1)[1];
    return !shifts
        ? Normalizers.centred(channels, seed)
        : seed % 3 == 0
            ? Normalizers.minMax(channels, seed)
            : Normalizers.standardize(channels, seed);
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
}
