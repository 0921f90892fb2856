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

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.layers.MapLayer;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A shift into a border of zeros: maps, pad values. */
class BorderRepairTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);
  private static final long[] IMAGES = {3, 3, 9, 7};

  private static Layer sigmoid() {
    return new ActivationLayer(Activation.SIGMOID);
  }

  private static Layer softmax() {
    return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
  }

  /** sigmoid → BN → the layers → softmax of all that is flattened. */
  private static MultiLayerConfiguration flattened(Layer... layers) {
    return flattened(IMAGE, layers);
  }

  private static MultiLayerConfiguration flattened(InputType input, Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(sigmoid(), new BatchNormalization()));
    all.addAll(Arrays.asList(layers));
    all.add(softmax());
    return list(input, all.toArray(Layer[]::new));
  }

  /** By default the norm stays; otherwise it becomes a map. */
  private static void becomesMap(Layer layer) {
    becomesMap(flattened(layer), IMAGES);
  }

  private static void becomesMap(MultiLayerConfiguration network, long... shape) {
    NetworkFold plain = NetworkFold.of(network);
    assertThat(plain.report().removed()).isEmpty();
    assertThat(plain.report().kept().get(0).remedy()).contains("portable(false) removes it");

    NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(shape);

    assertThat(layers(fold.after())).contains("MapLayer").doesNotContain("BatchNormalization");
    assertThat(fold.report().layers()).containsExactly(MapLayer.class.getName());
    assertThat(fold.report().repairs())
        .extracting(RepairedOperator::repair)
        .containsExactly("BORDER_MAP");
    settles(fold, FREE);
  }

  @Test
  void before_a_padded_convolution_it_becomes_a_map() {
    becomesMap(padded(4).build());
    becomesMap(padded(4).hasBias(true).activation(Activation.SOFTPLUS).build());
    becomesMap(
        new ConvolutionLayer.Builder(3, 2)
            .nOut(4)
            .stride(2, 1)
            .padding(2, 1)
            .dilation(1, 2)
            .convolutionMode(ConvolutionMode.Truncate)
            .activation(Activation.RELU)
            .build());
  }

  @Test
  void before_a_depthwise_or_separable_convolution_it_becomes_a_map() {
    becomesMap(
        new DepthwiseConvolution2D.Builder(3, 3)
            .depthMultiplier(2)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.TANH)
            .build());
    becomesMap(
        new SeparableConvolution2D.Builder(3, 3)
            .depthMultiplier(2)
            .nOut(5)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build());
  }

  @Test
  void before_a_transposed_convolution_it_becomes_a_map() {
    becomesMap(
        new Deconvolution2D.Builder(3, 3)
            .nOut(4)
            .stride(2, 2)
            .activation(Activation.LEAKYRELU)
            .build());
    becomesMap(
        new Deconvolution2D.Builder(4, 4)
            .nOut(4)
            .stride(2, 2)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build());
  }

  @Test
  void before_a_locally_connected_layer_it_becomes_a_map() {
    // Deeplearning4j computes those of square images only.
    becomesMap(
        flattened(
            InputType.convolutional(7, 7, 3),
            new LocallyConnected2D.Builder()
                .kernelSize(3, 3)
                .stride(1, 1)
                .nOut(2)
                .activation(Activation.TANH)
                .build()),
        3,
        3,
        7,
        7);
  }

  @Test
  void the_map_stands_before_the_activation_and_the_bias_stays_trainable() {
    NetworkFold fold =
        NetworkFold.of(
            flattened(padded(4).hasBias(true).activation(Activation.TANH).build()), FREE);

    assertThat(layers(fold.after()))
        .containsExactly(
            "ActivationLayer", "ConvolutionLayer", "MapLayer", "ActivationLayer", "OutputLayer");
    MultiLayerNetwork network = (MultiLayerNetwork) fold.after();
    MultiLayerNetwork before = (MultiLayerNetwork) fold.before();
    assertThat(network.getLayer(1).getParam("b")).isEqualTo(before.getLayer(2).getParam("b"));
    INDArray map = network.getLayer(2).getParam(MapLayer.MAP).dup();
    Nd4j.getRandom().setSeed(11);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 3, 9, 7);
    INDArray labels = Nd4j.concat(0, Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.DOUBLE);
    network.fit(x.dup(), labels);
    double first = network.score();
    for (int i = 0; i < 30; i++) {
      network.fit(x.dup(), labels);
    }

    assertThat(network.score()).isLessThan(first);
    assertThat(network.getLayer(2).getParam(MapLayer.MAP)).isEqualTo(map);
    assertThat(network.getLayer(1).getParam("b")).isNotEqualTo(before.getLayer(2).getParam("b"));
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void a_graph_in_either_format_takes_maps(CNN2DFormat format) {
    var network =
        outputs(
            graph(InputType.convolutional(9, 7, 3, format))
                .addLayer("sigmoid", sigmoid(), "in")
                .addLayer(
                    "bn", new BatchNormalization.Builder().dataFormat(format).build(), "sigmoid")
                .addLayer(
                    "a", padded(4).dataFormat(format).activation(Activation.RELU).build(), "bn")
                .addLayer("b", padded(3).dataFormat(format).build(), "bn")
                .addLayer("out", softmax(), "a")
                .addLayer("other", softmax(), "b"),
            "out",
            "other");
    long[] shape = format == CNN2DFormat.NCHW ? IMAGES : new long[] {3, 9, 7, 3};

    NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(shape);

    ComputationGraph after = (ComputationGraph) fold.after();
    assertThat(after.getConfiguration().getVertexInputs().get("b-map")).containsExactly("b");
    assertThat(after.getConfiguration().getVertexInputs().get("a-activation"))
        .containsExactly("a-map");
    settles(fold, FREE);
  }

  @Test
  void where_images_of_any_size_are_taken_there_is_no_map() {
    MultiLayerConfiguration network =
        list(
            IMAGE,
            sigmoid(),
            new BatchNormalization(),
            padded(4).build(),
            new GlobalPoolingLayer(PoolingType.AVG),
            softmax());

    NetworkFold fold = NetworkFold.of(network, FREE).keeps("layer1", Reason.SHIFT_CONFLICT);

    assertThat(fold.report().layers()).isEmpty();
    assertThat(fold.report().kept().get(0).remedy()).doesNotContain("portable");
  }

  @Test
  void where_sequences_of_any_length_are_taken_there_is_no_map() {
    MultiLayerConfiguration network =
        list(
            InputType.recurrent(3, 8, RNNFormat.NWC),
            sigmoid(),
            new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build(),
            new Convolution1D.Builder(3)
                .nOut(4)
                .rnnDataFormat(RNNFormat.NWC)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .build(),
            new RnnOutputLayer.Builder()
                .nOut(3)
                .dataFormat(RNNFormat.NWC)
                .activation(Activation.SOFTMAX)
                .build());

    NetworkFold.of(network, FREE).keeps("layer1", Reason.SHIFT_CONFLICT).equalOutputs(2, 8, 3);
  }

  @Test
  void a_padding_pads_the_shift_at_any_size() {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      MultiLayerConfiguration network =
          list(
              InputType.convolutional(9, 7, 3, format),
              sigmoid(),
              new BatchNormalization.Builder().dataFormat(format).build(),
              new ZeroPaddingLayer.Builder(1, 2, 0, 3).dataFormat(format).build(),
              new DepthwiseConvolution2D.Builder(3, 3)
                  .depthMultiplier(2)
                  .dataFormat(format)
                  .build(),
              new GlobalPoolingLayer(PoolingType.AVG),
              softmax());
      long[] shape = format == CNN2DFormat.NCHW ? IMAGES : new long[] {3, 9, 7, 3};
      long[] larger = Arrays.stream(shape).map(s -> s == 3 ? 3 : s + 4).toArray();

      NetworkFold.of(network).keeps("layer1", Reason.SHIFT_CONFLICT).equalOutputs(shape);
      NetworkFold fold =
          NetworkFold.of(network, FREE).removesAll().equalOutputs(shape).equalOutputs(larger);

      assertThat(layers(fold.after())).contains("PadValueLayer");
      settles(fold, FREE);
    }
  }

  @Test
  void an_average_that_counts_zeros_takes_a_map() {
    NetworkFold fold =
        NetworkFold.of(
                flattened(
                    new SubsamplingLayer.Builder(
                            SubsamplingLayer.PoolingType.AVG, new int[] {3, 2}, new int[] {2, 1})
                        .padding(1, 1)
                        .avgPoolIncludePadInDivisor(true)
                        .build(),
                    conv(2, 4).build()),
                FREE)
            .removesAll()
            .equalOutputs(IMAGES);

    assertThat(layers(fold.after()))
        .containsExactly(
            "ActivationLayer", "SubsamplingLayer", "MapLayer", "ConvolutionLayer", "OutputLayer");
    settles(fold, FREE);
  }
}
