package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A fold in place of a network that is in the middle of a sequence. */
class SequenceStatesTest {
  private final INDArray first = Nd4j.randn(DataType.DOUBLE, 2, 4, 3);
  private final INDArray second = Nd4j.randn(DataType.DOUBLE, 2, 4, 3);

  private static MultiLayerNetwork network() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .list()
            .layer(lstm())
            .layer(new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build())
            .layer(lstm())
            .layer(
                new RnnOutputLayer.Builder()
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .dataFormat(RNNFormat.NWC)
                    .build())
            .setInputType(InputType.recurrent(3, 4, RNNFormat.NWC))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(4).activation(Activation.TANH).dataFormat(RNNFormat.NWC).build();
  }

  @Test
  void the_layers_of_a_network_go_on_where_they_were() {
    MultiLayerNetwork network = network();
    network.rnnTimeStep(first.dup());
    INDArray expected = network.rnnTimeStep(second.dup()).dup();
    network.rnnClearPreviousState();
    network.rnnTimeStep(first.dup());

    assertThat(BatchNormFolding.fold(network, FoldingOptions.defaults()).removed()).hasSize(1);

    assertNear(network.rnnTimeStep(second.dup()), expected);
  }

  @Test
  void the_layers_of_a_graph_go_on_where_they_were() {
    ComputationGraph graph = network().toComputationGraph();
    graph.rnnTimeStep(first.dup());
    INDArray expected = graph.rnnTimeStep(second.dup())[0].dup();
    graph.rnnClearPreviousState();
    graph.rnnTimeStep(first.dup());

    assertThat(BatchNormFolding.fold(graph, FoldingOptions.defaults()).removed()).hasSize(1);

    assertNear(graph.rnnTimeStep(second.dup())[0], expected);
  }

  @Test
  void a_copy_begins_a_sequence() {
    MultiLayerNetwork network = network();
    INDArray expected = network.rnnTimeStep(first.dup()).dup();

    var folded = BatchNormFolding.foldCopy(network, FoldingOptions.defaults()).network();

    assertNear(folded.rnnTimeStep(first.dup()), expected);
  }

  private static void assertNear(INDArray actual, INDArray expected) {
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(1e-9);
  }
}
