package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Activations write into the array that they read, which others may read as well. */
class SharedArraysTest {
  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  @ParameterizedTest
  @EnumSource
  void an_activation_that_reads_what_a_norm_read_leaves_it_to_the_other_readers(
      WorkspaceMode mode) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("x")
                .addLayer("a", dense(4), "x")
                .addLayer("n", new BatchNormalization(), "a")
                .addLayer("act", new ActivationLayer(Activation.RELU), "n")
                .addLayer("b", dense(4), "act")
                .addLayer("c", dense(4), "a")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "c")
                .addLayer("out", new ActivationLayer(Activation.TANH), "v")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build());
    graph.init();

    NetworkFold.of(RandomParameters.in(graph, 3, 0), FoldingOptions.defaults())
        .removesAll()
        .equalOutputs(5, 3);
  }

  @ParameterizedTest
  @EnumSource
  void the_input_of_the_network_stays_what_it_is_for_others(WorkspaceMode mode) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("x")
                .addLayer("n", new BatchNormalization(), "x")
                .addLayer("act", new ActivationLayer(Activation.RELU), "n")
                .addLayer("a", dense(4), "act")
                .addLayer("b", dense(4), "x")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .setOutputs("v")
                .setInputTypes(InputType.feedForward(3))
                .build());
    graph.init(); // The norm as it is fresh: it has a scale, and no shift.

    NetworkFold.of(graph, FoldingOptions.defaults()).removesAll().equalOutputs(5, 3);
  }

  /** The stem, what hands on its array, and a norm in one order or the other. */
  private static ComputationGraph handedOn(
      WorkspaceMode mode, boolean normFirst, @Nullable Layer layer, @Nullable GraphVertex vertex) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .inferenceWorkspaceMode(mode)
            .graphBuilder()
            .addInputs("x")
            .setInputTypes(InputType.convolutional(5, 4, 3))
            .addLayer("stem", point(4), "x");
    if (normFirst) {
      graph.addLayer("norm", new BatchNormalization(), "stem");
    }
    String before = normFirst ? "norm" : "stem";
    if (layer == null) {
      graph.addVertex("same", vertex, before);
    } else {
      graph.addLayer("same", layer, before);
    }
    if (!normFirst) {
      graph.addLayer("norm", new BatchNormalization(), "same");
    }
    // The merge reads the stem when the activation has written.
    ComputationGraph network =
        new ComputationGraph(
            graph
                .addLayer("act", new ActivationLayer(Activation.RELU), normFirst ? "same" : "norm")
                .addLayer("a", point(2), "act")
                .addVertex("both", new MergeVertex(), "stem", "a")
                .addLayer("b", point(2), "both")
                .setOutputs("b")
                .build());
    network.init();
    return RandomParameters.in(network, 3, 0);
  }

  private static ConvolutionLayer point(int outputs) {
    return new ConvolutionLayer.Builder(1, 1).nOut(outputs).build();
  }

  @ParameterizedTest
  @EnumSource
  void an_array_may_be_handed_on_between_a_norm_and_an_activation(WorkspaceMode mode) {
    for (boolean first : new boolean[] {true, false}) {
      for (Layer layer :
          List.of(
              new DropoutLayer(0.5),
              new ActivationLayer(Activation.IDENTITY),
              new MaskLayer(),
              new Cropping2D(0, 0, 0, 0))) {
        NetworkFold.of(handedOn(mode, first, layer, null), FoldingOptions.defaults())
            .removesAll()
            .equalOutputs(3, 3, 5, 4);
      }
      for (GraphVertex vertex : List.of(new MergeVertex(), new UnstackVertex(0, 1))) {
        NetworkFold.of(handedOn(mode, first, null, vertex), FoldingOptions.defaults())
            .removesAll()
            .equalOutputs(3, 3, 5, 4);
      }
    }
  }

  private static MultiLayerNetwork fresh(InputType input, Layer... layers) {
    var list =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init(); // The norm as it is fresh: it has a scale, and no shift.
    return network;
  }

  @Test
  void a_norm_stays_that_keeps_an_activation_from_the_array_of_the_user() {
    MultiLayerNetwork network =
        fresh(
            InputType.feedForward(3),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU),
            dense(4));
    INDArray input = Nd4j.randn(DataType.DOUBLE, 5, 3);
    INDArray mine = input.dup();

    NetworkFold fold = NetworkFold.of(network, FoldingOptions.defaults());
    ((MultiLayerNetwork) fold.after()).output(mine);

    fold.keeps("layer0", Reason.UNSUPPORTED_FORM);
    assertThat(mine).isEqualTo(input);
  }

  @Test
  void so_does_one_behind_a_preprocessor() {
    MultiLayerNetwork network =
        fresh(
            InputType.convolutionalFlat(4, 4, 3),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU),
            point(4));

    NetworkFold.of(network, FoldingOptions.defaults())
        .keeps("layer0", Reason.UNSUPPORTED_FORM)
        .equalOutputs(5, 48);
  }
}
