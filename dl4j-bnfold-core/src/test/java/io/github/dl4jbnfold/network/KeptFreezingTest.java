package io.github.dl4jbnfold.network;

import static io.github.dl4jbnfold.network.NamedLayers.builder;
import static io.github.dl4jbnfold.network.NamedLayers.conv;
import static io.github.dl4jbnfold.network.NamedLayers.dense;
import static io.github.dl4jbnfold.network.NamedLayers.fold;
import static io.github.dl4jbnfold.network.NamedLayers.graph;
import static io.github.dl4jbnfold.network.NamedLayers.graphOf;
import static io.github.dl4jbnfold.network.NamedLayers.list;
import static io.github.dl4jbnfold.network.NamedLayers.listOf;
import static io.github.dl4jbnfold.network.NamedLayers.norm;
import static io.github.dl4jbnfold.network.NamedLayers.output;
import static io.github.dl4jbnfold.network.NamedLayers.relu;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Training;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Frozen layers and vertices stay frozen, with the weights of the fold. */
class KeptFreezingTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frozen_layers_stay_frozen_with_their_new_weights(boolean backprop) {
    for (boolean bias : new boolean[] {false, true}) {
      ConvolutionLayer inside = conv("conv");
      inside.setHasBias(bias);
      MultiLayerNetwork network =
          list(
              InputType.convolutional(5, 4, 3),
              backprop ? new FrozenLayerWithBackprop(inside) : new FrozenLayer(inside),
              norm("bn"),
              relu("act"),
              dense("dense", 6),
              output("out"));
      Training.fit(network, data(), 2);

      NetworkFold fold = fold(network).removesAll().equalOutputs(2, 3, 5, 4);

      MultiLayerNetwork after = listOf(fold);
      assertThat(inside.hasBias()).as("bias of the original").isEqualTo(bias);
      assertThat(after.getLayer(0).getClass()).isEqualTo(network.getLayer(0).getClass());
      INDArray frozen = after.getLayer(0).params().dup();
      INDArray free = after.getLayer(2).params().dup();
      Training.fit(after, data(), 2);
      assertThat(after.getLayer(0).params()).isEqualTo(frozen);
      assertThat(after.getLayer(2).params()).isNotEqualTo(free);
    }
  }

  private static DataSet data() {
    return Training.data(3, 5, 4, 3, 5, 4);
  }

  @Test
  void layers_that_transfer_learning_froze_stay_frozen() {
    MultiLayerNetwork network =
        new TransferLearning.Builder(
                list(
                    InputType.convolutional(5, 4, 3),
                    conv("conv"),
                    norm("bn1"),
                    relu("act"),
                    dense("dense", 6),
                    norm("bn2"),
                    output("out")))
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Sgd(0.1)).build())
            .setFeatureExtractor(2)
            .build();

    NetworkFold fold = fold(network).removesAll().equalOutputs(2, 3, 5, 4);

    checkFrozen(
        fold.after(), listOf(fold).getLayer("conv"), listOf(fold).getLayer("dense"), data());
    assertThat(Training.parameters(fold.before()).keySet()).contains("1_gamma");
  }

  private static void checkFrozen(
      Model after,
      org.deeplearning4j.nn.api.Layer frozen,
      org.deeplearning4j.nn.api.Layer free,
      DataSet data) {
    assertThat(frozen).isInstanceOf(org.deeplearning4j.nn.layers.FrozenLayer.class);
    INDArray frozenBefore = frozen.params().dup();
    INDArray freeBefore = free.params().dup();
    Training.fit(after, data, 2);
    assertThat(frozen.params()).isEqualTo(frozenBefore);
    assertThat(free.params()).isNotEqualTo(freeBefore);
  }

  @Test
  void vertices_that_transfer_learning_froze_stay_frozen() {
    ComputationGraph trained =
        graph(
            builder()
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv", conv("conv"), "image")
                .addLayer("bn1", norm("bn1"), "conv")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn1", "conv")
                .addLayer("act", relu("act"), "sum")
                .addLayer("dense", dense("dense", 6), "act")
                .addLayer("bn2", norm("bn2"), "dense")
                .addLayer("out", output("out"), "bn2")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(5, 4, 3))
                .build());
    ComputationGraph network =
        new TransferLearning.GraphBuilder(trained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Sgd(0.1)).build())
            .setFeatureExtractor("act")
            .build();

    NetworkFold fold = fold(network).removes("bn2").equalOutputs(2, 3, 5, 4);

    ComputationGraph after = graphOf(fold);
    checkFrozen(after, after.getLayer("conv"), after.getLayer("dense"), data());
    assertThat(after.getConfiguration().getVertices().get("sum"))
        .isInstanceOf(FrozenVertex.class)
        .isEqualTo(network.getConfiguration().getVertices().get("sum"));
  }
}
