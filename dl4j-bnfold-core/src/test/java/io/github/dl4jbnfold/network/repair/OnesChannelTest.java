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
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
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

/** One more channel, constantly 1, takes a shift through a border of zeros: also in plain DL4J. */
class OnesChannelTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);
  private static final long[] IMAGES = {3, 3, 9, 7};
  private static final long[] LARGER = {2, 3, 14, 11};

  private static Layer act(Activation activation) {
    return new ActivationLayer(activation);
  }

  /** conv with ReLU inside → the layers → global average. */
  private static MultiLayerConfiguration behindRelu(Layer... layers) {
    List<Layer> all = new ArrayList<>();
    all.add(conv(3, 5).activation(Activation.RELU).build());
    all.addAll(Arrays.asList(layers));
    all.add(new GlobalPoolingLayer(PoolingType.AVG));
    all.add(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
    return list(IMAGE, all.toArray(Layer[]::new));
  }

  private static NetworkFold readsOnes(MultiLayerConfiguration network) {
    NetworkFold fold =
        NetworkFold.of(network).removesAll().equalOutputs(IMAGES).equalOutputs(LARGER);
    assertThat(fold.report().layers()).isEmpty();
    assertThat(fold.report().repairs())
        .extracting(RepairedOperator::repair)
        .containsOnly("ONES_CHANNEL");
    settles(fold, FoldingOptions.defaults());
    return fold;
  }

  @Test
  void a_convolution_emits_it_and_a_padded_one_reads_it() {
    NetworkFold fold =
        readsOnes(
            behindRelu(new BatchNormalization(), padded(4).activation(Activation.SIGMOID).build()));

    MultiLayerNetwork after = (MultiLayerNetwork) fold.after();
    ConvolutionLayer writer = (ConvolutionLayer) after.getLayer(0).conf().getLayer();
    ConvolutionLayer reader = (ConvolutionLayer) after.getLayer(1).conf().getLayer();
    assertThat(writer.getNOut()).isEqualTo(6);
    assertThat(reader.getNIn()).isEqualTo(6);
    assertThat(reader.getNOut()).isEqualTo(4);
  }

  @Test
  void it_passes_pools_paddings_and_upsampling() {
    readsOnes(
        behindRelu(
            new SubsamplingLayer.Builder(
                    SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {1, 1})
                .build(),
            new Upsampling2D.Builder(2).build(),
            act(Activation.RELU),
            new BatchNormalization(),
            new ZeroPaddingLayer(1, 2, 0, 1),
            conv(3, 4).activation(Activation.SIGMOID).build()));
  }

  @Test
  void a_transposed_convolution_reads_it() {
    readsOnes(
        behindRelu(
            new BatchNormalization(),
            new Deconvolution2D.Builder(3, 3)
                .nOut(4)
                .stride(2, 2)
                .activation(Activation.SIGMOID)
                .build()));
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void behind_the_readers_a_merge_keeps_the_order_of_its_channels(CNN2DFormat format) {
    var network =
        outputs(
            graph(InputType.convolutional(9, 7, 3, format))
                .addLayer(
                    "stem", conv(1, 4).activation(Activation.RELU).dataFormat(format).build(), "in")
                .addLayer("bn", new BatchNormalization.Builder().dataFormat(format).build(), "stem")
                .addLayer(
                    "a", padded(3).activation(Activation.TANH).dataFormat(format).build(), "bn")
                .addLayer(
                    "b", padded(5).activation(Activation.TANH).dataFormat(format).build(), "bn")
                .addLayer(
                    "c", conv(1, 2).activation(Activation.TANH).dataFormat(format).build(), "stem")
                .addVertex("merge", new MergeVertex(), "b", "c", "a")
                .addLayer("out", conv(2, 3).dataFormat(format).build(), "merge"),
            "out");
    long[] shape = format == CNN2DFormat.NCHW ? IMAGES : new long[] {3, 9, 7, 3};

    NetworkFold fold = NetworkFold.of(network).removesAll().equalOutputs(shape);

    ComputationGraph after = (ComputationGraph) fold.after();
    assertThat(after.getLayer("c").getParam("W").size(1)).isEqualTo(5);
    settles(fold, FoldingOptions.defaults());
  }

  @Test
  void a_merge_before_the_reader_forbids_it() {
    GraphBuilder graph =
        graph(IMAGE)
            .addLayer("a", conv(1, 2).activation(Activation.RELU).build(), "in")
            .addLayer("b", conv(1, 3).activation(Activation.RELU).build(), "in")
            .addVertex("merge", new MergeVertex(), "a", "b")
            .addLayer("bn", new BatchNormalization(), "merge")
            .addLayer("out", padded(4).build(), "bn");

    NetworkFold.of(outputs(graph, "out")).keeps("bn", Reason.SHIFT_CONFLICT).equalOutputs(IMAGES);
    NetworkFold clamped =
        NetworkFold.of(outputs(graph, "out"), FREE).removesAll().equalOutputs(IMAGES);
    assertThat(layers(clamped.after())).contains("ClampLayer");
  }

  @Test
  void a_prelu_before_the_reader_forbids_it() {
    NetworkFold.of(
            behindRelu(
                new PReLULayer.Builder().inputShape(5, 7, 5).sharedAxes(2, 3).build(),
                new BatchNormalization(),
                padded(4).build()))
        .keeps("layer2", Reason.SHIFT_CONFLICT)
        .equalOutputs(IMAGES);
  }

  @Test
  void a_norm_that_stays_before_the_reader_forbids_it() {
    MultiLayerConfiguration network =
        behindRelu(
            new BatchNormalization(),
            act(Activation.RELU),
            new BatchNormalization(),
            padded(4).build());

    NetworkFold.of(network, FoldingOptions.defaults().keep("layer1"))
        .keeps("layer1", Reason.USER)
        .keeps("layer3", Reason.SHIFT_CONFLICT)
        .equalOutputs(IMAGES);
  }

  @Test
  void a_clamp_lets_it_pass() {
    GraphBuilder graph =
        graph(IMAGE)
            .addLayer("stem", conv(1, 4).build(), "in")
            .addLayer("bn1", new BatchNormalization(), "stem")
            .addLayer("relu1", new ActivationLayer(Activation.RELU), "bn1")
            .addLayer("a", padded(3).activation(Activation.TANH).build(), "relu1")
            .addLayer("bn2", new BatchNormalization(), "stem")
            .addLayer("relu2", new ActivationLayer(Activation.RELU6), "bn2")
            .addLayer("b", padded(5).activation(Activation.TANH).build(), "relu2")
            .addVertex("merge", new MergeVertex(), "b", "a")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "merge")
            .addLayer(
                "out",
                new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                "pool");

    NetworkFold fold =
        NetworkFold.of(outputs(graph, "out"), FREE)
            .removesAll()
            .equalOutputs(IMAGES)
            .equalOutputs(LARGER);

    assertThat(fold.report().repairs())
        .extracting(RepairedOperator::repair)
        .contains("CLAMP", "ONES_CHANNEL");
    settles(fold, FREE);
  }

  @Test
  void training_goes_on_with_it() {
    NetworkFold fold = NetworkFold.of(behindRelu(new BatchNormalization(), padded(4).build()));
    MultiLayerNetwork network = (MultiLayerNetwork) fold.after();
    Nd4j.getRandom().setSeed(11);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 3, 9, 7);
    INDArray labels = Nd4j.concat(0, Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.DOUBLE);
    network.fit(x.dup(), labels);
    double first = network.score();
    for (int i = 0; i < 30; i++) {
      network.fit(x.dup(), labels);
    }

    assertThat(network.score()).isLessThan(first);
  }
}
