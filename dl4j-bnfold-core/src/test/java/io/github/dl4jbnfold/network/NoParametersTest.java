package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network without parameters has nothing to fold, and that is no failure. */
class NoParametersTest {
  private static final FoldingOptions OPTIONS = FoldingOptions.defaults().inputShape("input", 2, 3);

  private static LossLayer loss() {
    return new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
  }

  @Test
  void layers_are_copied() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).list(loss()).build());
    network.init();

    assertThat(BatchNormFolding.foldCopy(network, OPTIONS).report().batchNorms()).isZero();
  }

  @Test
  void a_graph_is_copied() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("input")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "input")
                .addLayer("loss", loss(), "relu")
                .setOutputs("loss")
                .build());
    graph.init();

    assertThat(BatchNormFolding.foldCopy(graph, OPTIONS).report().batchNorms()).isZero();
  }
}
