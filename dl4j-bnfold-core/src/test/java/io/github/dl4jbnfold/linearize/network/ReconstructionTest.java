package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.linearize.report.Reconstructed;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Merged layers that are fitted to what the layers in them computed. */
class ReconstructionTest {
  private static final LayerFoldingOptions SHALLOW =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH).growth(1000);
  private static final int EXAMPLES = 200;

  private static Layer conv(int outputs, IActivation activation, CNN2DFormat format) {
    return new ConvolutionLayer.Builder(2, 2)
        .nOut(outputs)
        .dataFormat(format)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(activation)
        .build();
  }

  private static MultiLayerNetwork network(InputType type, Layer... layers) {
    var list = new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).seed(5).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    list.layer(new GlobalPoolingLayer.Builder(PoolingType.MAX).build());
    list.layer(
        new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
            .nOut(3)
            .activation(Activation.IDENTITY)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return RandomParameters.in(network, 3);
  }

  private static INDArray inputs(InputType type, long seed) {
    long[] shape = type.getShape(true);
    shape[0] = EXAMPLES;
    return Nd4j.getRandomFactory()
        .getNewRandomInstance(seed)
        .nextGaussian(shape)
        .castTo(DataType.DOUBLE);
  }

  static Stream<Arguments> networks() {
    InputType images = InputType.convolutional(7, 6, 2, CNN2DFormat.NCHW);
    InputType last = InputType.convolutional(7, 6, 2, CNN2DFormat.NHWC);
    InputType sequences = InputType.recurrent(2, 9, RNNFormat.NCW);
    IActivation leaky = new ActivationLReLU(0.3);
    return Stream.of(
        Arguments.of(
            "images",
            images,
            new Layer[] {conv(4, leaky, CNN2DFormat.NCHW), conv(3, leaky, CNN2DFormat.NCHW)}),
        Arguments.of(
            "images, channels last",
            last,
            new Layer[] {conv(4, leaky, CNN2DFormat.NHWC), conv(3, leaky, CNN2DFormat.NHWC)}),
        Arguments.of(
            "depthwise convolutions", images, new Layer[] {depthwise(leaky), depthwise(leaky)}),
        Arguments.of(
            "sequences", sequences, new Layer[] {sequence(leaky), sequence(new ActivationReLU())}));
  }

  private static Layer depthwise(IActivation activation) {
    return new DepthwiseConvolution2D.Builder(2, 2).activation(activation).build();
  }

  private static Layer sequence(IActivation activation) {
    return new Convolution1DLayer.Builder(2, 1)
        .nOut(3)
        .rnnDataFormat(RNNFormat.NCW)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(activation)
        .build();
  }

  /** The biases let the first activation see negative numbers only: there it is a line. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void an_activation_that_acts_as_a_line_is_no_loss(String name, InputType type, Layer... layers) {
    MultiLayerNetwork network = network(type, layers);
    network.getLayer(0).getParam("b").assign(-30);
    INDArray x = inputs(type, 1);
    INDArray wanted = network.output(x.dup());
    String first = LayerFolding.prepare(network, SHALLOW).gates().get(0);

    var plain = LayerFolding.linearize(network, Set.of(first), SHALLOW);
    var fitted =
        LayerFolding.linearize(network, Set.of(first), SHALLOW.reconstructing(inputs(type, 2)));

    assertThat(error(plain.network(), x, wanted)).isGreaterThan(1e-2);
    assertThat(error(fitted.network(), x, wanted)).isLessThan(1e-4);
    Reconstructed reconstructed = Objects.requireNonNull(fitted.report().reconstructed());
    assertThat(reconstructed.unexplainedAfter()).isLessThan(1e-6);
    Reconstructed.Layer layer = reconstructed.layers().get(0);
    assertThat(layer.unexplainedBefore()).isGreaterThan(0.1);
    assertThat(layer.unexplainedAfter()).isLessThan(1e-6);
    assertThat(fitted.network().conf().toJson()).isEqualTo(plain.network().conf().toJson());
  }

  private static double error(MultiLayerNetwork network, INDArray x, INDArray wanted) {
    return Agreement.of(wanted, network.output(x.dup())).maxRelativeError();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void fitted_layers_are_nearer_to_what_they_stand_for(
      String name, InputType type, Layer... layers) {
    MultiLayerNetwork network = network(type, layers);
    INDArray x = inputs(type, 1);
    INDArray wanted = network.output(x.dup());
    Set<String> all = new TreeSet<>(LayerFolding.prepare(network, SHALLOW).gates());

    var plain = LayerFolding.linearize(network, all, SHALLOW);
    var fitted = LayerFolding.linearize(network, all, SHALLOW.reconstructing(inputs(type, 2)));

    assertThat(fitted.network().output(x.dup()).squaredDistance(wanted))
        .isLessThan(0.7 * plain.network().output(x.dup()).squaredDistance(wanted));
    Reconstructed reconstructed = Objects.requireNonNull(fitted.report().reconstructed());
    assertThat(reconstructed.unexplainedAfter()).isLessThan(reconstructed.unexplainedBefore());
    for (Reconstructed.Layer layer : reconstructed.layers()) {
      assertThat(layer.unexplainedAfter()).isLessThanOrEqualTo(layer.unexplainedBefore());
    }
  }

  @Test
  void matrices_are_fitted_also_behind_an_image() {
    InputType type = InputType.convolutional(4, 3, 2);
    var list = new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).seed(5).list();
    list.layer(conv(3, new ActivationLReLU(0.3), CNN2DFormat.NCHW));
    list.layer(new DenseLayer.Builder().nOut(6).activation(new ActivationLReLU(0.3)).build());
    list.layer(new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build());
    list.layer(
        new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
            .nOut(3)
            .activation(Activation.IDENTITY)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    RandomParameters.in(network, 3);
    network.getLayer(0).getParam("b").assign(-30);
    network.getLayer(1).getParam("b").assign(-300);
    network.getLayer(2).getParam("W").muli(0.01);
    INDArray x = inputs(type, 1);
    INDArray wanted = network.output(x.dup());
    var gates = LayerFolding.prepare(network, SHALLOW).gates();
    Set<String> two = Set.copyOf(gates.subList(0, 2));

    var plain = LayerFolding.linearize(network, two, SHALLOW);
    var fitted = LayerFolding.linearize(network, two, SHALLOW.reconstructing(inputs(type, 2)));

    assertThat(fitted.network().getnLayers()).isEqualTo(2);
    assertThat(error(plain.network(), x, wanted)).isGreaterThan(1e-2);
    assertThat(error(fitted.network(), x, wanted)).isLessThan(1e-4);
  }

  @Test
  void depthwise_convolutions_of_one_channel_are_no_worse() {
    InputType type = InputType.convolutional(6, 5, 1);
    MultiLayerNetwork network =
        network(
            type,
            new DepthwiseConvolution2D.Builder(2, 2)
                .depthMultiplier(3)
                .activation(new ActivationLReLU(0.3))
                .build(),
            conv(3, new ActivationLReLU(0.3), CNN2DFormat.NCHW),
            conv(3, new ActivationLReLU(0.3), CNN2DFormat.NCHW));
    isNearer(network, type, LayerFolding.prepare(network, SHALLOW).gates().get(1));
  }

  @Test
  void an_activation_that_overwrites_what_others_read_misleads_no_fit() {
    InputType type = InputType.convolutional(6, 5, 2);
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(type)
                .addLayer("a", conv(3, new ActivationLReLU(0.3), CNN2DFormat.NCHW), "in")
                .addLayer("b", conv(3, new ActivationIdentity(), CNN2DFormat.NCHW), "a")
                .addLayer("relu", new ActivationLayer(Activation.SOFTPLUS), "b")
                .addLayer("c", conv(2, new ActivationIdentity(), CNN2DFormat.NCHW), "relu")
                .addLayer("d", conv(2, new ActivationIdentity(), CNN2DFormat.NCHW), "b")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c", "d")
                .setOutputs("sum")
                .build());
    graph.init();
    RandomParameters.in(graph, 3, 0.3);
    INDArray x = inputs(type, 1);
    INDArray wanted = graph.outputSingle(x.dup());
    LayerFoldingOptions one = SHALLOW.activations("a"::equals);

    var plain = LayerFolding.linearize(graph, Set.of("a-gate"), one);
    var fitted =
        LayerFolding.linearize(graph, Set.of("a-gate"), one.reconstructing(inputs(type, 2)));

    assertThat(fitted.network().outputSingle(x.dup()).squaredDistance(wanted))
        .isLessThanOrEqualTo(plain.network().outputSingle(x.dup()).squaredDistance(wanted));
  }

  private static void isNearer(MultiLayerNetwork network, InputType type, String gate) {
    INDArray x = inputs(type, 1);
    INDArray wanted = network.output(x.dup());
    var plain = LayerFolding.linearize(network, Set.of(gate), SHALLOW);
    var fitted =
        LayerFolding.linearize(network, Set.of(gate), SHALLOW.reconstructing(inputs(type, 2)));
    assertThat(fitted.network().output(x.dup()).squaredDistance(wanted))
        .isLessThan(plain.network().output(x.dup()).squaredDistance(wanted));
  }

  @Test
  void examples_that_cannot_be_fitted_to_are_refused() {
    assertThatThrownBy(() -> SHALLOW.reconstructing(Nd4j.zeros(9, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 10 examples");
    assertThatThrownBy(() -> SHALLOW.reconstructing(Nd4j.zeros(20, 2), Nd4j.zeros(30, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[20, 30]");
    INDArray holes = Nd4j.zeros(20, 2);
    holes.putScalar(3, Double.NaN);
    assertThatThrownBy(() -> SHALLOW.reconstructing(holes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finite");
    InputType type = InputType.convolutional(6, 5, 2);
    MultiLayerNetwork network = network(type, conv(3, new ActivationReLU(), CNN2DFormat.NCHW));
    INDArray x = inputs(type, 1);
    assertThatThrownBy(
            () -> LayerFolding.linearize(network, Set.of(), SHALLOW.reconstructing(x, x)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("1 inputs");
  }
}
