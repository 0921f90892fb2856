package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Graphs with an output that other vertices read. */
class SeveralOutputsTest {
  private static final FoldingOptions FREE = FoldingOptions.defaults().portable(false);

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs("x")
        .setInputTypes(InputType.convolutional(8, 6, 3));
  }

  private static ConvolutionLayer point(int outputs) {
    return new ConvolutionLayer.Builder(1, 1).nOut(outputs).build();
  }

  private static ConvolutionLayer padded() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Same).build();
  }

  private static OutputLayer softmax() {
    return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
  }

  @Test
  void workspaces_that_bear_the_vertices_of_the_original_bear_those_of_the_folded_graph() {
    // Deeplearning4j loses a workspace at an output and fails if a later vertex would need it.
    NetworkFold.of(
            graph()
                .addLayer("stem", point(4), "x")
                .addLayer("norm", new BatchNormalization(), "stem")
                .addLayer("same", new ActivationLayer(Activation.IDENTITY), "norm")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "same")
                .addLayer("a", point(2), "relu")
                .addVertex("both", new MergeVertex(), "stem", "a")
                .addLayer("c", point(2), "both")
                .setOutputs("c", "relu")
                .build(),
            FREE)
        .removesAll()
        .equalOutputs(2, 3, 8, 6);
  }

  @Test
  void no_map_comes_between_a_convolution_and_its_name() {
    NetworkFold.of(
            graph()
                .addLayer("norm", new BatchNormalization(), "x")
                .addLayer("conv", padded(), "norm")
                .addLayer("end", softmax(), "conv")
                .setOutputs("conv", "end")
                .build(),
            FREE)
        .keeps("norm", Reason.SHIFT_CONFLICT)
        .equalOutputs(2, 3, 8, 6);
  }

  @Test
  void no_map_comes_between_a_locally_connected_layer_and_its_name() {
    LocallyConnected2D local =
        new LocallyConnected2D.Builder()
            .kernelSize(3, 3)
            .nOut(4)
            .activation(Activation.IDENTITY)
            .build();

    NetworkFold.of(
            graph()
                .addLayer("norm", new BatchNormalization(), "x")
                .addLayer("local", local, "norm")
                .addLayer("end", softmax(), "local")
                .setOutputs("local", "end")
                .build(),
            FREE)
        .keeps("norm", Reason.SHIFT_CONFLICT)
        .equalOutputs(2, 3, 8, 6);
  }
}
