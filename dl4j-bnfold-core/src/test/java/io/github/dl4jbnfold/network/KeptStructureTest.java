package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import io.github.dl4jbnfold.graph.Reason;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What of the structure of a network outlives a fold: names, orders, preprocessors, frozenness. */
class KeptStructureTest {
  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Adam(1e-3));
  }

  private static ConvolutionLayer conv(String name) {
    return new ConvolutionLayer.Builder(3, 3)
        .name(name)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static DenseLayer dense(String name, int outputs) {
    return new DenseLayer.Builder()
        .name(name)
        .nOut(outputs)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static BatchNormalization norm(String name) {
    return new BatchNormalization.Builder().name(name).build();
  }

  private static ActivationLayer relu(String name) {
    return new ActivationLayer.Builder().name(name).activation(Activation.RELU).build();
  }

  private static OutputLayer output(String name) {
    return new OutputLayer.Builder().name(name).nOut(3).activation(Activation.SOFTMAX).build();
  }

  private static MultiLayerNetwork list(InputType input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static ComputationGraph graph(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static NetworkFold fold(Model network) {
    return NetworkFold.of(network, FoldingOptions.defaults());
  }

  private static MultiLayerNetwork listOf(NetworkFold fold) {
    return (MultiLayerNetwork) fold.after();
  }

  private static ComputationGraph graphOf(NetworkFold fold) {
    return (ComputationGraph) fold.after();
  }

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
