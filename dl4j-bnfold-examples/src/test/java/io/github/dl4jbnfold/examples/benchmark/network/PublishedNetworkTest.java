package io.github.dl4jbnfold.examples.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PublishedNetworkTest {
  /** Of the Keras models with 1000 classes; those of torchvision learn as many. */
  @ParameterizedTest
  @CsvSource({
    "DENSENET_121, 121, 7978856, 83648",
    "RESNET_50_V2, 49, 25568360, 45440",
    "MOBILENET_V2, 52, 3504872, 34112"
  })
  void it_has_the_published_batch_normalizations_and_parameters(
      PublishedNetwork network, int norms, long learnt, long statistics) {
    SameDiff graph = network.build(224, 0, 1);

    assertThat(gammas(graph)).hasSize(norms);
    assertThat(elements(graph, VariableType.VARIABLE)).isEqualTo(learnt);
    assertThat(elements(graph, VariableType.CONSTANT)).isEqualTo(statistics);
  }

  private static long elements(SameDiff graph, VariableType type) {
    return graph.variables().stream()
        .filter(v -> v.getVariableType() == type && v.dataType() == DataType.FLOAT)
        .mapToLong(v -> v.getArr().length())
        .sum();
  }

  private static List<INDArray> gammas(SameDiff graph) {
    return graph.variables().stream()
        .filter(v -> v.name().endsWith(".gamma"))
        .map(SDVariable::getArr)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void it_classifies_images_of_other_sizes_and_the_same_seed_gives_the_same_network(
      PublishedNetwork network) {
    INDArray image =
        Nd4j.getRandomFactory().getNewRandomInstance(5).nextGaussian(new long[] {1, 3, 64, 64});
    Map<String, INDArray> inputs = Map.of(PublishedNetwork.INPUT, image.castTo(DataType.FLOAT));

    INDArray logits = network.build(64, 0.5, 1).outputSingle(inputs, PublishedNetwork.OUTPUT);

    assertThat(logits.shape()).containsExactly(1, 1000);
    assertThat(Arrays.stream(logits.toDoubleVector()).allMatch(Double::isFinite)).isTrue();
    assertThat(network.build(64, 0.5, 1).outputSingle(inputs, PublishedNetwork.OUTPUT))
        .isEqualTo(logits);
    assertThat(network.build(64, 0.5, 2).outputSingle(inputs, PublishedNetwork.OUTPUT))
        .isNotEqualTo(logits);
  }

  @Test
  void the_share_of_negative_gammas_is_the_one_asked_for() {
    assertThat(gammas(PublishedNetwork.MOBILENET_V2.build(32, 0, 1)))
        .allMatch(gamma -> gamma.minNumber().doubleValue() >= 0.5);
    List<INDArray> mixed = gammas(PublishedNetwork.MOBILENET_V2.build(32, 0.5, 1));
    double[] all = mixed.stream().flatMapToDouble(g -> Arrays.stream(g.toDoubleVector())).toArray();
    double negative = Arrays.stream(all).filter(gamma -> gamma < 0).count();
    assertThat(negative / all.length).isBetween(0.48, 0.52);
  }
}
