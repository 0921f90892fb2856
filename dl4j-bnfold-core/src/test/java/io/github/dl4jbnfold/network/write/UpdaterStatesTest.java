package io.github.dl4jbnfold.network.write;

import static io.github.dl4jbnfold.network.write.CarriedStates.carried;
import static io.github.dl4jbnfold.network.write.CarriedStates.checkCarried;
import static io.github.dl4jbnfold.network.write.CarriedStates.factors;
import static io.github.dl4jbnfold.network.write.CarriedStates.outputs;
import static io.github.dl4jbnfold.network.write.CarriedStates.parameter;
import static io.github.dl4jbnfold.network.write.CarriedStates.slots;
import static io.github.dl4jbnfold.network.write.CarriedStates.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What updaters remember follows the parameters that a fold multiplies, see {@link CarriedStates}.
 */
class UpdaterStatesTest {
  private static Stream<IUpdater> updaters() {
    return Stream.of(
        new Adam(1e-3),
        new AMSGrad(1e-3),
        new AdaMax(1e-3),
        new Nadam(1e-3),
        new AdaDelta(),
        new AdaGrad(1e-2),
        new RmsProp(1e-3),
        new Nesterovs(1e-2, 0.9));
  }

  /** Walls between the layers, so that all factors are those of their own outputs. */
  private static List<Layer> layers() {
    return List.of(
        new ConvolutionLayer.Builder(3, 3)
            .name("conv")
            .nOut(4)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build(),
        new BatchNormalization.Builder().name("bn1").build(),
        new ActivationLayer.Builder().name("act1").activation(Activation.TANH).build(),
        new DepthwiseConvolution2D.Builder(3, 3)
            .name("depth")
            .depthMultiplier(2)
            .nOut(8)
            .activation(Activation.IDENTITY)
            .build(),
        new BatchNormalization.Builder().name("bn2").build(),
        new ActivationLayer.Builder().name("act2").activation(Activation.TANH).build(),
        new DenseLayer.Builder().name("dense").nOut(7).activation(Activation.IDENTITY).build(),
        new BatchNormalization.Builder().name("bn3").build(),
        new ActivationLayer.Builder().name("act3").activation(Activation.TANH).build(),
        new OutputLayer.Builder().name("out").nOut(3).activation(Activation.SOFTMAX).build());
  }

  private static MultiLayerNetwork network(
      NeuralNetConfiguration.Builder builder, List<Layer> layers) {
    NeuralNetConfiguration.ListBuilder list = builder.dataType(DataType.DOUBLE).list();
    layers.forEach(list::layer);
    MultiLayerNetwork network =
        new MultiLayerNetwork(list.setInputType(InputType.convolutional(5, 4, 3)).build());
    network.init();
    RandomParameters.in(network, 7);
    Training.remember(network, 11);
    return network;
  }

  private static MultiLayerNetwork network(IUpdater updater) {
    return network(new NeuralNetConfiguration.Builder().updater(updater), layers());
  }

  private static NetworkFold fold(Model network) {
    return NetworkFold.of(network, FoldingOptions.defaults());
  }

  private static void checkFolded(NetworkFold fold, IUpdater weights, IUpdater biases) {
    fold.removesAll().equalOutputs(2, 3, 5, 4);
    // [nOut, nIn, 3, 3]
    double[] conv = factors(fold, "conv", "W");
    checkCarried(fold, weights, "conv", "W", conv);
    checkCarried(fold, biases, "conv", "b", outputs(conv, 4, 27, conv.length));
    // [3, 3, nIn, multiplier]
    double[] depth = factors(fold, "depth", "W");
    if (weights.equals(biases)) {
      checkCarried(fold, weights, "depth", "W", depth);
      checkCarried(fold, biases, "depth", "b", outputs(depth, 8, 1, 8));
    }
    // [nIn, nOut]
    double[] dense = factors(fold, "dense", "W");
    checkCarried(fold, weights, "dense", "W", dense);
    checkCarried(fold, biases, "dense", "b", outputs(dense, 7, 1, 7));
    assertThat(Arrays.stream(conv).boxed())
        .as("factors of both signs")
        .anyMatch(f -> f < 0)
        .anyMatch(f -> f > 0);
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void the_state_of_a_multiplied_parameter_follows_its_gradients(IUpdater updater) {
    checkFolded(fold(network(updater)), updater, updater);
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void the_same_holds_in_a_graph(IUpdater updater) {
    MultiLayerNetwork list = network(updater);
    var graph = list.toComputationGraph();
    graph.setParams(list.params());
    Training.remember(graph, 11);
    NetworkFold fold = fold(graph);
    fold.removesAll().equalOutputs(2, 3, 5, 4);
    for (String layer : List.of("0", "3", "6")) {
      double[] factors = factors(fold, layer, "W");
      checkCarried(fold, updater, layer, "W", factors);
    }
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_layer_that_does_not_change_keeps_its_state_bit_for_bit(IUpdater updater) {
    NetworkFold fold = fold(network(updater));
    for (String key : List.of("W", "b")) {
      for (String slot : slots(fold.before(), "out", key)) {
        assertThat(state(fold.after(), "out", key, slot))
            .isEqualTo(state(fold.before(), "out", key, slot));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void biases_may_have_an_updater_of_their_own(IUpdater updater) {
    IUpdater biases = updater instanceof Adam ? new AdaMax(1e-2) : new Adam(1e-2);
    MultiLayerNetwork network =
        network(
            new NeuralNetConfiguration.Builder().updater(updater).biasUpdater(biases), layers());
    checkFolded(fold(network), updater, biases);
  }

  @Test
  void layers_may_have_updaters_of_their_own() {
    List<IUpdater> updaters = List.of(new AdaDelta(), new Nesterovs(0.1, 0.8), new AMSGrad(1e-3));
    List<Layer> layers = layers();
    ((ConvolutionLayer) layers.get(0)).setIUpdater(updaters.get(0));
    ((DepthwiseConvolution2D) layers.get(3)).setIUpdater(updaters.get(1));
    ((DenseLayer) layers.get(6)).setIUpdater(updaters.get(2));
    NetworkFold fold =
        fold(network(new NeuralNetConfiguration.Builder().updater(new Sgd(0.1)), layers));

    checkCarried(fold, updaters.get(0), "conv", "W", factors(fold, "conv", "W"));
    checkCarried(fold, updaters.get(1), "depth", "W", factors(fold, "depth", "W"));
    checkCarried(fold, updaters.get(2), "dense", "W", factors(fold, "dense", "W"));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_new_bias_starts_as_an_updater_starts(IUpdater updater) {
    List<Layer> layers = new ArrayList<>(layers());
    ((ConvolutionLayer) layers.get(0)).setHasBias(false);
    ((DepthwiseConvolution2D) layers.get(3)).setHasBias(false);
    ((DenseLayer) layers.get(6)).setHasBias(false);
    NetworkFold fold = fold(network(new NeuralNetConfiguration.Builder().updater(updater), layers));
    fold.removesAll().equalOutputs(2, 3, 5, 4);
    MultiLayerNetwork fresh =
        new MultiLayerNetwork(
            ((MultiLayerNetwork) fold.after()).getLayerWiseConfigurations().clone());
    fresh.init();

    for (String layer : List.of("conv", "depth", "dense")) {
      for (String slot : slots(fresh, layer, "b")) {
        assertThat(state(fold.after(), layer, "b", slot)).isEqualTo(state(fresh, layer, "b", slot));
      }
      checkCarried(fold, updater, layer, "W", factors(fold, layer, "W"));
    }
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_weight_that_was_multiplied_by_zero_starts_anew(IUpdater updater) {
    MultiLayerNetwork network = network(updater);
    network.getParam("7_gamma").putScalar(2, 0);
    NetworkFold fold = fold(network);
    fold.removesAll().equalOutputs(2, 3, 5, 4);
    MultiLayerNetwork fresh =
        new MultiLayerNetwork(
            ((MultiLayerNetwork) fold.after()).getLayerWiseConfigurations().clone());
    fresh.init();

    for (String slot : slots(fresh, "dense", "W")) {
      INDArray after = Training.memory(fold.after(), parameter(fresh, "dense", "W"), slot);
      INDArray start = Training.memory(fresh, parameter(fresh, "dense", "W"), slot);
      assertThat(Training.numbers(after.getColumn(2)))
          .isEqualTo(Training.numbers(start.getColumn(2)));
      assertThat(Training.numbers(after.getColumn(1)))
          .isNotEqualTo(Training.numbers(start.getColumn(1)));
    }
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_kernel_that_grows_keeps_the_state_of_what_was_there(IUpdater updater) {
    List<Layer> layers =
        List.of(
            new ConvolutionLayer.Builder(3, 3)
                .name("conv")
                .nOut(4)
                .activation(Activation.RELU)
                .build(),
            new BatchNormalization.Builder().name("bn1").build(),
            new ConvolutionLayer.Builder(3, 3)
                .name("padded")
                .nOut(5)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.TANH)
                .build(),
            new OutputLayer.Builder().name("out").nOut(3).activation(Activation.SOFTMAX).build());
    NetworkFold fold = fold(network(new NeuralNetConfiguration.Builder().updater(updater), layers));
    fold.removesAll().equalOutputs(2, 3, 5, 4);
    INDArray before = Training.parameters(fold.before()).get("2_W");
    INDArray after = Training.parameters(fold.after()).get("1_W");
    assertThat(after.shape()).containsExactly(5, 5, 3, 3);

    for (String slot : slots(fold.after(), "padded", "W")) {
      INDArray was = Training.memory(fold.before(), "2_W", slot);
      INDArray is = Training.memory(fold.after(), "1_W", slot);
      for (int o = 0; o < 5; o++) {
        for (int i = 0; i < 4; i++) {
          double factor = after.getDouble(o, i, 1, 2) / before.getDouble(o, i, 1, 2);
          double expected = carried(updater, slot, was.getDouble(o, i, 1, 2), factor);
          assertThat(Math.abs(is.getDouble(o, i, 1, 2) - expected))
              .isLessThanOrEqualTo(1e-9 * Math.abs(expected));
        }
      }
      assertThat(is.getDouble(0, 4, 0, 0)).as("of the new channel").isLessThan(1e-5);
    }
  }

  /** But for ε, its γ only changes sign where the sign of its input changes. */
  @ParameterizedTest
  @MethodSource("updaters")
  void a_batch_normalization_that_stays_keeps_its_state(IUpdater updater) {
    var graph =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .updater(updater)
            .graphBuilder()
            .addInputs("x")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nOut(8).activation(Activation.IDENTITY).build(),
                "x")
            .addLayer("bn1", new BatchNormalization(), "dense")
            .addLayer("bn2", new BatchNormalization(), "dense")
            .addLayer("tanh1", new ActivationLayer(Activation.TANH), "bn1")
            .addLayer("tanh2", new ActivationLayer(Activation.TANH), "bn2")
            .setOutputs("tanh1", "tanh2")
            .setInputTypes(InputType.feedForward(6));
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    RandomParameters.in(network, 7);
    Training.remember(network, 11);

    NetworkFold fold = fold(network).removes("bn1");

    double[] dense = outputs(factors(fold, "dense", "W"), 8, 1, 8);
    assertThat(Arrays.stream(dense).boxed()).anyMatch(f -> f < 0).anyMatch(f -> f > 0);
    double[] signs = Arrays.stream(dense).map(Math::signum).toArray();
    double[] ones = Arrays.stream(dense).map(f -> 1).toArray();
    checkCarried(fold, updater, "bn2", "gamma", signs);
    checkCarried(fold, updater, "bn2", "beta", ones);
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_network_that_was_never_trained_has_nothing_to_carry(IUpdater updater) {
    MultiLayerNetwork network = network(updater);
    MultiLayerNetwork untrained = new MultiLayerNetwork(network.getLayerWiseConfigurations());
    untrained.init(network.params().dup(), false);

    MultiLayerNetwork after = (MultiLayerNetwork) fold(untrained).removesAll().after();

    assertThat(untrained.getUpdater(false)).isNull();
    assertThat(after.getUpdater(false)).isNull();
  }

  @Test
  void updaters_without_memory_go_on_without() {
    for (IUpdater updater : List.of(new Sgd(0.1), new NoOp())) {
      NetworkFold fold = fold(network(updater)).removesAll().equalOutputs(2, 3, 5, 4);
      assertThat(Training.updater(fold.after()).getStateViewArray()).isNull();
    }
  }

  /** When this fails, AdaBelief belongs among the updaters above. */
  @Test
  void deeplearning4j_cannot_start_AdaBelief() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new AdaBelief())
                .list()
                .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                .build());
    network.init();
    assertThatThrownBy(network::getUpdater).isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }
}
