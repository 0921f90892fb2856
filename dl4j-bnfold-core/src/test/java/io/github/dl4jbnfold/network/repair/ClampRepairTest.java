package io.github.dl4jbnfold.network.repair;

import static io.github.dl4jbnfold.network.repair.RepairNets.FREE;
import static io.github.dl4jbnfold.network.repair.RepairNets.conv;
import static io.github.dl4jbnfold.network.repair.RepairNets.graph;
import static io.github.dl4jbnfold.network.repair.RepairNets.layers;
import static io.github.dl4jbnfold.network.repair.RepairNets.list;
import static io.github.dl4jbnfold.network.repair.RepairNets.outputs;
import static io.github.dl4jbnfold.network.repair.RepairNets.padded;
import static io.github.dl4jbnfold.network.repair.RepairNets.settles;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.layers.ClampLayer;
import io.github.dl4jbnfold.plan.Objective;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Activations become clamps, where the result need not consist of DL4J's own layers. */
class ClampRepairTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);
  private static final long[] IMAGES = {3, 3, 9, 7};

  private static ActivationLayer act(Activation activation) {
    return new ActivationLayer(activation);
  }

  @Test
  void a_norm_behind_a_convolution_with_a_relu_inside_goes_before_a_sigmoid() {
    MultiLayerConfiguration network =
        list(
            IMAGE,
            conv(3, 5).activation(Activation.RELU).build(),
            new BatchNormalization(),
            act(Activation.SIGMOID));

    NetworkFold.of(network).keeps("layer1", Reason.SIGN_CONFLICT).equalOutputs(IMAGES);
    NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(IMAGES);

    assertThat(layers(fold.after()))
        .containsExactly("ConvolutionLayer", "ClampLayer", "ActivationLayer");
    assertThat(fold.report().layers()).containsExactly(ClampLayer.class.getName());
    settles(fold, FREE);
  }

  @Test
  void a_norm_before_a_relu6_goes_whatever_its_signs() {
    MultiLayerConfiguration network =
        list(
            IMAGE,
            act(Activation.SIGMOID),
            new BatchNormalization(),
            act(Activation.RELU6),
            conv(3, 4).build(),
            new GlobalPoolingLayer(PoolingType.AVG),
            new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());

    NetworkFold.of(network).keeps("layer1", Reason.SCALE_CONFLICT).equalOutputs(IMAGES);
    NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(IMAGES);

    assertThat(layers(fold.after()))
        .containsExactly(
            "ActivationLayer",
            "ClampLayer",
            "ConvolutionLayer",
            "GlobalPoolingLayer",
            "OutputLayer");
    settles(fold, FREE);
  }

  @Test
  void leaky_relus_of_any_slope_become_clamps() {
    for (double slope : new double[] {0.1, 1.7, -0.3}) {
      NetworkFold.of(
              list(
                  IMAGE,
                  act(Activation.SIGMOID),
                  new BatchNormalization(),
                  new ActivationLayer(new ActivationLReLU(slope)),
                  conv(3, 4).build()),
              FREE)
          .removesAll()
          .equalOutputs(IMAGES);
    }
  }

  @Test
  void a_prelu_becomes_a_clamp() {
    NetworkFold fold =
        NetworkFold.of(
                list(
                    IMAGE,
                    act(Activation.SIGMOID),
                    new BatchNormalization(),
                    new PReLULayer.Builder().inputShape(3, 9, 7).sharedAxes(2, 3).build(),
                    conv(3, 4).build()),
                FREE)
            .removesAll()
            .equalOutputs(IMAGES);

    assertThat(layers(fold.after()))
        .containsExactly("ActivationLayer", "ClampLayer", "ConvolutionLayer");
  }

  private static ComputationGraphConfiguration dense(CNN2DFormat format) {
    GraphBuilder graph = graph(InputType.convolutional(8, 6, 3, format));
    graph.addLayer("stem", padded(4).dataFormat(format).build(), "in");
    String features = "stem";
    for (int i = 1; i <= 4; i++) {
      BatchNormalization norm = new BatchNormalization.Builder().dataFormat(format).build();
      graph
          .addLayer("bn" + i, norm, features)
          .addLayer("relu" + i, act(Activation.RELU), "bn" + i)
          .addLayer("conv" + i, conv(1, 3).dataFormat(format).build(), "relu" + i)
          .addVertex("merge" + i, new MergeVertex(), features, "conv" + i);
      features = "merge" + i;
    }
    graph
        .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), features)
        .addLayer(
            "out",
            new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
            "pool");
    return outputs(graph, "out");
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void all_norms_of_a_dense_block_go_and_by_default_some_stay(CNN2DFormat format) {
    long[] shape = format == CNN2DFormat.NCHW ? new long[] {2, 3, 8, 6} : new long[] {2, 8, 6, 3};
    NetworkFold plain = NetworkFold.of(dense(format)).equalOutputs(shape);
    assertThat(plain.report().kept()).isNotEmpty();
    assertThat(plain.report().layers()).isEmpty();

    NetworkFold fold = NetworkFold.of(dense(format), FREE).removesAll().equalOutputs(shape);

    assertThat(fold.report().removed()).hasSize(4);
    assertThat(layers(fold.after())).doesNotContain("BatchNormalization").contains("ClampLayer");
    settles(fold, FREE);
  }

  @Test
  void a_norm_between_a_relu_and_a_padded_convolution_needs_a_clamp_only() {
    MultiLayerConfiguration network =
        list(
            IMAGE,
            padded(5).activation(Activation.RELU).build(),
            new BatchNormalization(),
            padded(4).activation(Activation.SIGMOID).build());

    NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(IMAGES);

    assertThat(layers(fold.after()))
        .containsExactly("ConvolutionLayer", "ClampLayer", "ConvolutionLayer");
  }

  @Test
  void readers_of_the_activation_read_the_clamp() {
    GraphBuilder graph =
        graph(IMAGE)
            .addLayer("conv", conv(1, 3).activation(Activation.RELU).build(), "in")
            .addLayer("bn", new BatchNormalization(), "conv")
            .addLayer("a", conv(3, 2).activation(Activation.TANH).build(), "bn")
            .addLayer("sigmoid", act(Activation.SIGMOID), "bn")
            .addLayer("b", conv(3, 2).build(), "conv")
            .addLayer("conv-activation", conv(3, 2).build(), "sigmoid");

    NetworkFold fold =
        NetworkFold.of(outputs(graph, "a", "b", "conv-activation"), FREE)
            .removesAll()
            .equalOutputs(IMAGES);

    ComputationGraph after = (ComputationGraph) fold.after();
    assertThat(after.getConfiguration().getVertexInputs().get("b"))
        .containsExactly("conv-activation2");
    assertThat(after.getConfiguration().getNetworkOutputs())
        .containsExactly("a", "b", "conv-activation");
    settles(fold, FREE);
  }

  @Test
  void an_activation_whose_layer_is_an_output_stays_inside() {
    GraphBuilder graph =
        graph(IMAGE)
            .addLayer("conv", conv(1, 3).activation(Activation.RELU).build(), "in")
            .addLayer("bn", new BatchNormalization(), "conv")
            .addLayer("sigmoid", act(Activation.SIGMOID), "bn");
    ComputationGraphConfiguration network = outputs(graph, "conv", "sigmoid");
    // With workspaces Deeplearning4j cannot run a graph that goes on behind an output.
    network.setInferenceWorkspaceMode(WorkspaceMode.NONE);

    NetworkFold fold =
        NetworkFold.of(network, FREE).keeps("bn", Reason.SCALE_CONFLICT).equalOutputs(IMAGES);

    assertThat(fold.report().kept().get(0).remedy()).doesNotContain("portable");
  }

  @Test
  void what_a_clamp_would_lift_is_said_by_default() {
    MultiLayerConfiguration network =
        list(
            IMAGE,
            conv(3, 5).activation(Activation.RELU).build(),
            new BatchNormalization(),
            act(Activation.SIGMOID));

    assertThat(NetworkFold.of(network).report().kept().get(0).remedy())
        .contains("portable(false) removes it");
    FoldingOptions weights = FoldingOptions.defaults().objective(Objective.NO_NEW_OPERATORS);
    assertThat(NetworkFold.of(network, weights).report().kept().get(0).remedy())
        .doesNotContain("portable");
  }

  @Test
  void without_new_operators_there_are_no_clamps() {
    NetworkFold fold =
        NetworkFold.of(
            list(
                IMAGE,
                conv(3, 5).activation(Activation.RELU).build(),
                new BatchNormalization(),
                act(Activation.SIGMOID)),
            FREE.objective(Objective.NO_NEW_OPERATORS));

    assertThat(fold.report().removed()).isEmpty();
    assertThat(fold.report().layers()).isEmpty();
  }

  @Test
  void dense_layers_take_clamps_too() {
    NetworkFold fold =
        NetworkFold.of(
                list(
                    InputType.feedForward(6),
                    new DenseLayer.Builder().nOut(5).activation(Activation.RELU).build(),
                    new BatchNormalization(),
                    act(Activation.TANH),
                    new DenseLayer.Builder().nOut(5).activation(Activation.HARDTANH).build(),
                    new BatchNormalization(),
                    new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build()),
                FREE)
            .removesAll()
            .equalOutputs(7, 6);

    settles(fold, FREE);
  }

  @Test
  void training_goes_on_behind_a_clamp() {
    NetworkFold fold =
        NetworkFold.of(
            list(
                IMAGE,
                padded(5).activation(Activation.RELU).hasBias(true).build(),
                new BatchNormalization(),
                padded(4).activation(Activation.RELU).build(),
                new BatchNormalization(),
                new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build()),
            FREE);
    MultiLayerNetwork network = (MultiLayerNetwork) fold.after();
    assertThat(layers(network)).contains("ClampLayer");
    Nd4j.getRandom().setSeed(11);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 3, 9, 7);
    INDArray labels = Nd4j.eye(3).castTo(DataType.DOUBLE).get(indices());
    network.fit(x.dup(), labels);
    double first = network.score();
    for (int i = 0; i < 40; i++) {
      network.fit(x.dup(), labels);
    }

    assertThat(network.score()).isLessThan(first);
  }

  private static org.nd4j.linalg.indexing.SpecifiedIndex indices() {
    return new org.nd4j.linalg.indexing.SpecifiedIndex(0, 1, 2, 0, 1, 2, 0, 1);
  }

  @Test
  void float32_networks_are_as_exact_as_they_can_be() {
    MultiLayerConfiguration network =
        RepairNets.base()
            .dataType(DataType.FLOAT)
            .list(
                conv(3, 5).activation(Activation.RELU6).build(),
                new BatchNormalization(),
                act(Activation.SIGMOID),
                new ConvolutionLayer.Builder(3, 3).nOut(4).build())
            .setInputType(IMAGE)
            .build();

    NetworkFold.of(network, FREE).removesAll().equalOutputs(IMAGES);
  }
}
