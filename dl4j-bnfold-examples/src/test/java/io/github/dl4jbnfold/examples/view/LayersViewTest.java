package io.github.dl4jbnfold.examples.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

class LayersViewTest {
  private static ConvolutionLayer convolution(Activation activation) {
    return new ConvolutionLayer.Builder(1, 1).nOut(2).activation(activation).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
  }

  private static MultiLayerNetwork list() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(convolution(Activation.RELU))
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.TANH))
                .layer(output())
                .setInputType(InputType.convolutional(4, 5, 2))
                .build());
    network.init();
    return network;
  }

  private static ComputationGraph graph() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv", convolution(Activation.IDENTITY), "image")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm", "image")
                .addLayer("classes", output(), "sum")
                .setOutputs("classes")
                .setInputTypes(InputType.convolutional(4, 5, 2))
                .build());
    network.init();
    return network;
  }

  private static void checkRuns(Model network) {
    LayersView view = new LayersView(network, Map.of());
    Map<String, INDArray> inputs = view.sample(3, 5);
    INDArray input = inputs.values().iterator().next();
    INDArray copy = input.dup();
    assertThat(view.outputs(inputs).values().iterator().next().shape()).containsExactly(3, 3);
    NetworkView.Walk walk = view.walk(inputs);
    assertThat(input).isEqualTo(copy);
    for (Part part : view.parts()) {
      assertThat(walk.nanoseconds().get(part.name())).as(part.name()).isPositive();
      assertThat(walk.shapes()).containsKey(part.name());
    }
    assertThat(walk.bytes()).isEqualTo(4L * 3 * (3 * 2 * 4 * 5 + 3));
  }

  @Test
  void a_graph_of_layers_is_its_vertices_and_what_they_read() {
    List<Part> parts = new LayersView(graph(), Map.of()).parts();
    assertThat(parts.stream().map(Part::kind))
        .containsExactly("Convolution 1×1", "BatchNorm", "Add", "Output 40 → 3 + softmax");
    assertThat(parts.get(2).inputs()).containsExactly("norm", "image");
    assertThat(parts.get(3).isWeighty()).isTrue();
    assertThat(parts.get(1).isWeighty()).isFalse();
  }

  @Test
  void a_list_of_layers_is_a_chain() {
    List<Part> parts = new LayersView(list(), Map.of()).parts();
    assertThat(parts.stream().map(Part::kind))
        .containsExactly("Convolution 1×1 + relu", "BatchNorm", "tanh", "Output 40 → 3 + softmax");
    assertThat(parts.get(0).inputs()).containsExactly("input");
  }

  @Test
  void every_layer_runs_by_itself_and_the_inputs_stay_what_they_are() {
    checkRuns(graph());
    checkRuns(list());
  }
}
