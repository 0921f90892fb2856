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
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.layers.ClampLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Repairs where names, masks, frozen layers, scales of 0 or several readers are in the way. */
class RepairEdgesTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 3);
  private static final long[] IMAGES = {3, 3, 9, 7};

  private static ActivationLayer act(Activation activation) {
    return new ActivationLayer(activation);
  }

  @Test
  void layers_without_names_of_their_own_keep_their_parameters() {
    Layer[] layers = {
      conv(2, 4).activation(Activation.RELU).build(),
      new BatchNormalization(),
      conv(2, 5).activation(Activation.RELU6).hasBias(true).build(),
      new BatchNormalization(),
      act(Activation.SIGMOID),
      new BatchNormalization(),
      padded(4).activation(Activation.TANH).hasBias(true).build(),
      new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build()
    };
    for (String name : new String[] {"same", null}) {
      MultiLayerConfiguration network = list(IMAGE, layers);
      network.getConfs().forEach(layer -> layer.getLayer().setLayerName(name));

      NetworkFold fold = NetworkFold.of(network, FREE).removesAll().equalOutputs(IMAGES);

      assertThat(layers(fold.after())).contains("ClampLayer", "MapLayer");
      settles(fold, FREE);
    }
  }

  @Test
  void an_activation_that_takes_the_place_of_a_norm_does_not_overwrite_what_others_read() {
    for (FoldingOptions options : List.of(FoldingOptions.defaults(), FREE)) {
      for (WorkspaceMode mode : WorkspaceMode.values()) {
        var network =
            outputs(
                graph(IMAGE)
                    .addLayer("stem", conv(1, 4).build(), "in")
                    .addLayer("b", conv(3, 2).build(), "stem")
                    .addLayer("bn", new BatchNormalization(), "stem")
                    .addLayer("relu", act(Activation.RELU), "bn")
                    .addLayer("a", conv(3, 2).build(), "relu")
                    .addLayer("c", conv(3, 2).build(), "stem")
                    .addVertex(
                        "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b", "c"),
                "sum");
        network.setInferenceWorkspaceMode(mode);
        ComputationGraph model = new ComputationGraph(network);
        model.init();

        NetworkFold.of(RandomParameters.in(model, 5, 0), options).removesAll().equalOutputs(IMAGES);
      }
    }
  }

  @Test
  void a_scale_of_zero_becomes_a_clamp_to_a_constant() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list(
                IMAGE,
                conv(3, 5).activation(Activation.RELU).build(),
                new BatchNormalization(),
                act(Activation.RELU6),
                padded(4).activation(Activation.SIGMOID).build()));
    network.init();
    RandomParameters.in(network, 7);
    network.getParam("1_gamma").putScalar(2, 0).putScalar(4, 0);

    NetworkFold fold = NetworkFold.of(network, FREE).equalOutputs(IMAGES);

    settles(fold, FREE);
  }

  @Test
  void a_frozen_convolution_gives_its_activation_away() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list(
                IMAGE,
                new FrozenLayer(conv(3, 5).activation(Activation.RELU).build()),
                new BatchNormalization(),
                new FrozenLayer(act(Activation.SIGMOID))));
    network.init();

    NetworkFold fold =
        NetworkFold.of(RandomParameters.in(network, 7), FREE).removesAll().equalOutputs(IMAGES);

    assertThat(fold.report().layers()).containsExactly(ClampLayer.class.getName());
    assertThat(((MultiLayerNetwork) fold.after()).getLayer(0))
        .isInstanceOf(org.deeplearning4j.nn.layers.FrozenLayer.class);
  }

  @Test
  void an_activation_before_a_mask_stays_inside() {
    for (FoldingOptions options : List.of(FoldingOptions.defaults(), FREE)) {
      MultiLayerConfiguration network =
          list(
              InputType.recurrent(3, 8, RNNFormat.NWC),
              new Convolution1D.Builder(3)
                  .nOut(4)
                  .rnnDataFormat(RNNFormat.NWC)
                  .convolutionMode(ConvolutionMode.Same)
                  .activation(Activation.RELU)
                  .build(),
              new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build(),
              act(Activation.RELU),
              new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build(),
              new RnnOutputLayer.Builder()
                  .nOut(3)
                  .dataFormat(RNNFormat.NWC)
                  .activation(Activation.SOFTMAX)
                  .build());

      NetworkFold.of(network, options).equalOutputs(2, 8, 3);
    }
  }

  /** Whatever the layers are: what is folded is the same function, trains and settles. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 39})
  void random_chains_are_the_same_function(int seed) {
    Random random = new Random(seed);
    List<Layer> chain = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      chain.add(layer(random));
    }
    chain.add(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
    InputType input = InputType.convolutional(12, 10, 3);

    NetworkFold fold =
        NetworkFold.of(list(input, chain.toArray(Layer[]::new)), FREE).equalOutputs(3, 3, 12, 10);

    settles(fold, FREE);
    MultiLayerNetwork network = (MultiLayerNetwork) fold.after();
    INDArray x = Nd4j.randn(DataType.DOUBLE, 3, 3, 12, 10);
    for (int i = 0; i < 3; i++) {
      network.fit(x.dup(), Nd4j.eye(3).castTo(DataType.DOUBLE));
    }
    assertThat(network.score()).isFinite();
  }

  private static Layer layer(Random random) {
    Activation[] kinds = {
      Activation.IDENTITY, Activation.RELU, Activation.RELU6, Activation.LEAKYRELU, Activation.TANH
    };
    Activation activation = kinds[random.nextInt(kinds.length)];
    return switch (random.nextInt(9)) {
      case 0 -> padded(3 + random.nextInt(3)).activation(activation).build();
      case 1 -> conv(2, 3 + random.nextInt(3)).activation(activation).hasBias(true).build();
      case 2 ->
          new DepthwiseConvolution2D.Builder(3, 3)
              .depthMultiplier(1 + random.nextInt(2))
              .convolutionMode(ConvolutionMode.Same)
              .activation(activation)
              .build();
      case 3 -> act(activation);
      case 4 -> new ZeroPaddingLayer(0, 1, 1, 0);
      case 5 ->
          new SubsamplingLayer.Builder(
                  random.nextBoolean()
                      ? SubsamplingLayer.PoolingType.MAX
                      : SubsamplingLayer.PoolingType.AVG,
                  new int[] {2, 2},
                  new int[] {1, 1})
              .avgPoolIncludePadInDivisor(true)
              .padding(1, 0)
              .build();
      default -> new BatchNormalization();
    };
  }
}
