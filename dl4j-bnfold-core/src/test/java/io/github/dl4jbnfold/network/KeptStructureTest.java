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
import io.github.dl4jbnfold.graph.Reason;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What of the structure of a network outlives a fold: names, orders, preprocessors. */
class KeptStructureTest {
  @Test
  void preprocessors_of_a_list_follow_their_layers() {
    NetworkFold fold =
        fold(list(
                InputType.convolutionalFlat(5, 4, 3),
                conv("conv"),
                norm("bn1"),
                relu("act"),
                dense("dense", 6),
                norm("bn2"),
                output("out")))
            .removesAll()
            .equalOutputs(2, 60);

    var preprocessors = listOf(fold).getLayerWiseConfigurations().getInputPreProcessors();
    assertThat(preprocessors.keySet()).containsExactlyInAnyOrder(0, 2);
    assertThat(preprocessors.get(0)).isInstanceOf(FeedForwardToCnnPreProcessor.class);
    assertThat(preprocessors.get(2)).isInstanceOf(CnnToFeedForwardPreProcessor.class);
    assertThat(listOf(fold).getLayerNames()).containsExactly("conv", "act", "dense", "out");
    assertThat(Training.fit(fold.after(), Training.data(3, 1, 2, 60), 2))
        .allMatch(Double::isFinite);
  }

  @Test
  void a_batch_normalization_that_goes_leaves_its_preprocessor() {
    NetworkFold fold =
        fold(list(
                InputType.convolutionalFlat(5, 4, 3),
                norm("bn"),
                new ConvolutionLayer.Builder(3, 3)
                    .name("conv")
                    .nOut(4)
                    .activation(Activation.RELU)
                    .build(),
                output("out")))
            .removesAll()
            .equalOutputs(2, 60);

    assertThat(listOf(fold).getLayerWiseConfigurations().getInputPreProcess(0))
        .isInstanceOf(FeedForwardToCnnPreProcessor.class);
    assertThat(Training.fit(fold.after(), Training.data(3, 1, 2, 60), 2))
        .allMatch(Double::isFinite);
  }

  @Test
  void a_batch_normalization_that_goes_from_a_graph_leaves_its_preprocessor() {
    NetworkFold fold =
        fold(graph(
                builder()
                    .graphBuilder()
                    .addInputs("image")
                    .addLayer("bn", norm("bn"), "image")
                    .addLayer(
                        "conv",
                        new ConvolutionLayer.Builder(3, 3)
                            .nOut(4)
                            .activation(Activation.RELU)
                            .build(),
                        "bn")
                    .addLayer("out", output("out"), "conv")
                    .setOutputs("out")
                    .setInputTypes(InputType.convolutionalFlat(5, 4, 3))
                    .build()))
            .removesAll()
            .equalOutputs(2, 60);

    assertThat(Training.fit(fold.after(), Training.data(3, 1, 2, 60), 2))
        .allMatch(Double::isFinite);
  }

  @Test
  void a_batch_normalization_that_is_an_output_keeps_its_name() {
    NetworkFold fold =
        fold(graph(
                builder()
                    // With workspaces Deeplearning4j cannot put out a batch normalization.
                    .inferenceWorkspaceMode(WorkspaceMode.NONE)
                    .graphBuilder()
                    .addInputs("x")
                    .addLayer("dense", dense("dense", 5), "x")
                    .addLayer("bn", norm("bn"), "dense")
                    .addLayer("out", output("out"), "bn")
                    .setOutputs("bn", "out")
                    .setInputTypes(InputType.feedForward(6))
                    .build()))
            .removesAll()
            .equalOutputs(4, 6);

    assertThat(graphOf(fold).getConfiguration().getNetworkOutputs()).containsExactly("bn", "out");
  }

  @Test
  void inputs_outputs_and_the_order_of_vertices_stay() {
    ComputationGraph network =
        graph(
            builder()
                .graphBuilder()
                .addInputs("left", "right")
                .addLayer("z", dense("z", 5), "right")
                .addLayer("bn1", norm("bn1"), "z")
                .addLayer("a", dense("a", 5), "left")
                .addLayer("bn2", norm("bn2"), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn1", "bn2")
                .addVertex("both", new MergeVertex(), "bn2", "bn1")
                .addLayer("second", output("second"), "sum")
                .addLayer("bn3", norm("bn3"), "both")
                .addLayer("first", output("first"), "bn3")
                .setOutputs("second", "first")
                .setInputTypes(InputType.feedForward(6), InputType.feedForward(4))
                .build());
    INDArray left = Nd4j.randn(DataType.DOUBLE, 5, 6);
    INDArray right = Nd4j.randn(DataType.DOUBLE, 5, 4);

    NetworkFold fold = fold(network).removesAll().equalOutputs(left, right);

    ComputationGraph after = graphOf(fold);
    assertThat(after.getConfiguration().getNetworkInputs()).containsExactly("left", "right");
    assertThat(after.getConfiguration().getNetworkOutputs()).containsExactly("second", "first");
    assertThat(order(after))
        .containsExactlyElementsOf(
            order(network).stream().filter(name -> !name.startsWith("bn")).toList());
    assertThat(after.getConfiguration().getTopologicalOrderStr()).isEqualTo(order(after));
    after.fit(
        new MultiDataSet(
            new INDArray[] {left, right},
            new INDArray[] {Nd4j.ones(DataType.DOUBLE, 5, 3), Nd4j.ones(DataType.DOUBLE, 5, 3)}));
    assertThat(after.score()).isFinite();
  }

  private static List<String> order(ComputationGraph network) {
    return Arrays.stream(network.topologicalSortOrder())
        .mapToObj(i -> network.getVertices()[i].getVertexName())
        .toList();
  }

  @Test
  void a_sequence_in_the_middle_of_a_recurrent_network_goes_on() {
    MultiLayerNetwork network =
        list(
            InputType.recurrent(5),
            new LSTM.Builder().name("lstm").nOut(4).build(),
            new RnnOutputLayer.Builder()
                .name("out")
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build());
    INDArray first = Nd4j.randn(DataType.DOUBLE, 2, 5, 3);
    INDArray second = Nd4j.randn(DataType.DOUBLE, 2, 5, 3);
    network.rnnTimeStep(first);
    INDArray expected = network.rnnTimeStep(second).dup();
    network.rnnClearPreviousState();
    network.rnnTimeStep(first);

    fold(network);

    assertThat(network.rnnTimeStep(second)).isEqualTo(expected);
  }

  @Test
  void a_batch_normalization_that_stays_trains_as_before() {
    for (boolean logarithm : new boolean[] {true, false}) {
      ComputationGraph network =
          graph(
              builder()
                  .graphBuilder()
                  .addInputs("x")
                  .addLayer("dense", dense("dense", 5), "x")
                  .addLayer("bn1", norm("bn1"), "dense")
                  .addLayer(
                      "bn2", new BatchNormalization.Builder().useLogStd(logarithm).build(), "dense")
                  .addLayer("tanh1", tanh(), "bn1")
                  .addLayer("tanh2", tanh(), "bn2")
                  .setOutputs("tanh1", "tanh2")
                  .setInputTypes(InputType.feedForward(6))
                  .build());
      INDArray x = Nd4j.randn(DataType.DOUBLE, 50, 6);

      NetworkFold fold =
          fold(network).removes("bn1").keeps("bn2", Reason.SCALE_CONFLICT).equalOutputs(x);

      INDArray before = network.output(true, x.dup())[1];
      INDArray after = graphOf(fold).output(true, x.dup())[1];
      // Only ε weighs differently.
      assertThat(after.sub(before).amaxNumber().doubleValue()).isLessThan(1e-3);
    }
  }

  private static ActivationLayer tanh() {
    return new ActivationLayer(Activation.TANH);
  }
}
