package io.github.dl4jbnfold.file;

import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Configurations in the forms of older versions, each with the same network as this version builds
 * it. The files were written by hand, after what the readers of old configurations in
 * Deeplearning4j 1.0.0-M2.1 look for, the fields of the old classes, and, for 1.0.0-beta4, the form
 * of configurations in Deeplearning4j's own test resources; none was written by an old version.
 */
enum OldNetwork {
  /** Layers in wrapper objects, activations, losses and updaters by name. */
  LAYERS_0_5("layers-0.5.json", OldArray.HEAP, OldNetwork::layers05, 2, 6, 6),
  /** Losses in wrapper objects, more vertices. */
  GRAPH_0_7("graph-0.7.json", OldArray.DIRECT, OldNetwork::graph07, 2, 6, 5),
  /** Activations in wrapper objects. */
  LAYERS_0_8("layers-0.8.json", OldArray.JAVACPP, OldNetwork::layers08, 2, 6),
  /** Updaters and dropout as classes; the first two layers are frozen. */
  GRAPH_1_0_0_ALPHA("graph-1.0.0-alpha.json", OldArray.JAVACPP, OldNetwork::graphAlpha, 2, 5, 5),
  /** Everything with its class but weight initializations and regularizations. */
  LAYERS_1_0_0_BETA3(
      "layers-1.0.0-beta3.json", OldArray.LONG_SHAPE, OldNetwork::layersBeta3, 2, 5, 5),
  /** Data types; deviations as logarithms. */
  GRAPH_1_0_0_BETA4("graph-1.0.0-beta4.json", null, OldNetwork::graphBeta4, 2, 5, 4),
  /** Channels last. */
  LAYERS_1_0_0_BETA7("layers-1.0.0-beta7.json", null, OldNetwork::layersBeta7, 5, 4, 2);

  private final String resource;
  private final @Nullable OldArray array;
  private final Function<NeuralNetConfiguration.Builder, Model> same;
  private final long[] input;

  OldNetwork(
      String resource,
      @Nullable OldArray array,
      Function<NeuralNetConfiguration.Builder, Model> same,
      long... input) {
    this.resource = resource;
    this.array = array;
    this.same = same;
    this.input = input;
  }

  String configuration() throws IOException {
    try (InputStream stream = OldNetwork.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How files of this version hold arrays; null if as today. */
  @Nullable OldArray array() {
    return array;
  }

  /** The shape of an input. */
  long[] input(long examples) {
    return LongStream.concat(LongStream.of(examples), LongStream.of(input)).toArray();
  }

  /** The same network, built with this version, with random parameters. */
  Model same(DataType type) {
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder().dataType(type).activation(Activation.IDENTITY);
    return RandomParameters.in(same.apply(builder), 3);
  }

  /** Before 1.0.0-beta4 all stored variances. */
  private static BatchNormalization norm(int channels) {
    return new BatchNormalization.Builder().nIn(channels).nOut(channels).useLogStd(false).build();
  }

  private static ConvolutionLayer.Builder conv(int size, int inputs) {
    return new ConvolutionLayer.Builder(size, size).nIn(inputs).nOut(3);
  }

  private static OutputLayer output(int inputs) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(inputs)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static Model initialized(NeuralNetConfiguration.ListBuilder list) {
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  private static Model initialized(ComputationGraphConfiguration.GraphBuilder builder) {
    ComputationGraph network = new ComputationGraph(builder.build());
    network.init();
    return network;
  }

  private static Model layers05(NeuralNetConfiguration.Builder builder) {
    return initialized(
        builder
            .updater(new Nesterovs(0.15, 0.9))
            .list()
            .layer(conv(3, 2).padding(1, 1).build())
            .layer(norm(3))
            .layer(new ActivationLayer(Activation.RELU))
            .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
            .layer(new DenseLayer.Builder().nIn(27).nOut(4).activation(Activation.TANH).build())
            .layer(norm(4))
            .layer(output(4))
            .inputPreProcessor(4, new CnnToFeedForwardPreProcessor(3, 3, 3)));
  }

  private static Model graph07(NeuralNetConfiguration.Builder builder) {
    return initialized(
        builder
            .updater(new Adam(0.15))
            .graphBuilder()
            .addInputs("image")
            .addLayer("stem", conv(3, 2).convolutionMode(ConvolutionMode.Same).build(), "image")
            .addLayer("norm", norm(3), "stem")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
            .addLayer("branch", conv(1, 3).build(), "relu")
            .addLayer("branchNorm", norm(3), "branch")
            .addVertex("add", new ElementWiseVertex(Op.Add), "branchNorm", "relu")
            .addVertex("both", new MergeVertex(), "add", "stem")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "both")
            .addLayer("out", output(6), "pool")
            .setOutputs("out"));
  }

  @SuppressWarnings("deprecation") // Files of those days have this layer.
  private static Model layers08(NeuralNetConfiguration.Builder builder) {
    return initialized(
        builder
            .updater(new RmsProp(0.15))
            .list()
            .layer(new GravesLSTM.Builder().nIn(2).nOut(3).activation(Activation.TANH).build())
            .layer(norm(3))
            .layer(new GravesLSTM.Builder().nIn(3).nOut(4).activation(Activation.SOFTSIGN).build())
            .layer(
                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(4)
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build())
            .inputPreProcessor(1, new RnnToFeedForwardPreProcessor())
            .inputPreProcessor(2, new FeedForwardToRnnPreProcessor()));
  }

  private static Model graphAlpha(NeuralNetConfiguration.Builder builder) {
    return initialized(
        builder
            .updater(new Nesterovs(0.1, 0.9))
            .graphBuilder()
            .addInputs("image")
            .addLayer(
                "conv",
                new FrozenLayer(conv(3, 2).convolutionMode(ConvolutionMode.Same).build()),
                "image")
            .addLayer("norm", new FrozenLayer(norm(3)), "conv")
            .addLayer("act", new ActivationLayer(new ActivationLReLU(0.1)), "norm")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nIn(75).nOut(4).build(),
                new CnnToFeedForwardPreProcessor(5, 5, 3),
                "act")
            .addLayer("denseNorm", norm(4), "dense")
            .addLayer("out", output(4), "denseNorm")
            .setOutputs("out"));
  }

  private static Model layersBeta3(NeuralNetConfiguration.Builder builder) {
    BatchNormalization locked = norm(5);
    locked.setLockGammaBeta(true);
    locked.setGamma(1.5);
    locked.setBeta(0.25);
    return initialized(
        builder
            .updater(new Adam(0.01))
            .list()
            .layer(conv(3, 2).stride(2, 2).padding(1, 1).hasBias(false).build())
            .layer(norm(3))
            .layer(new ActivationLayer(Activation.RELU))
            .layer(
                new SeparableConvolution2D.Builder(2, 2).nIn(3).nOut(4).depthMultiplier(2).build())
            .layer(norm(4))
            .layer(
                new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(1, 1).build())
            .layer(new DenseLayer.Builder().nIn(4).nOut(5).activation(Activation.TANH).build())
            .layer(locked)
            .layer(output(5))
            .inputPreProcessor(6, new CnnToFeedForwardPreProcessor(1, 1, 4)));
  }

  private static Model graphBeta4(NeuralNetConfiguration.Builder builder) {
    return initialized(
        builder
            .updater(new Adam(0.01))
            .graphBuilder()
            .addInputs("image")
            .addLayer("conv", conv(3, 2).convolutionMode(ConvolutionMode.Same).build(), "image")
            .addLayer("norm", new BatchNormalization.Builder().nIn(3).nOut(3).build(), "conv")
            .addLayer("act", new ActivationLayer(Activation.RELU), "norm")
            .addLayer("branch", conv(1, 2).convolutionMode(ConvolutionMode.Same).build(), "image")
            .addVertex("add", new ElementWiseVertex(Op.Add), "act", "branch")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "add")
            .addLayer("out", output(3), "pool")
            .setOutputs("out"));
  }

  private static Model layersBeta7(NeuralNetConfiguration.Builder builder) {
    BatchNormalization norm = norm(3);
    norm.setCnn2DFormat(CNN2DFormat.NHWC);
    return initialized(
        builder
            .updater(new Adam(0.01))
            .list()
            .layer(conv(3, 2).dataFormat(CNN2DFormat.NHWC).build())
            .layer(norm)
            .layer(new GlobalPoolingLayer.Builder(PoolingType.MAX).poolingDimensions(1, 2).build())
            .layer(output(3)));
  }
}
