package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import io.github.dl4jbnfold.graph.Reason;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
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
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
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
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/**
 * A folded network trains on exactly as a network does that was built without batch normalization
 * and given, by hand, the same parameters, the same memory of its updaters and the same counts.
 */
class ContinuedTrainingTest {
  private static final DataSet DATA = Training.data(3, 5, 16, 6);

  private static Stream<IUpdater> updaters() {
    return Stream.of(
        new Adam(new StepSchedule(ScheduleType.ITERATION, 1e-2, 0.7, 4)),
        new AMSGrad(1e-2),
        new AdaMax(1e-2),
        new Nadam(1e-2),
        new AdaDelta(),
        new AdaGrad(1e-2),
        new RmsProp(1e-3),
        new Nesterovs(1e-2, 0.9),
        new Sgd(1e-1),
        new NoOp()); // Subtracts the gradients as they are.
  }

  private static Layer dense(int outputs, boolean bias) {
    return new DenseLayer.Builder()
        .nOut(outputs)
        .hasBias(bias)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static List<Layer> plainLayers() {
    return List.of(
        dense(5, true),
        new ActivationLayer(Activation.TANH),
        dense(4, true),
        new ActivationLayer(Activation.TANH),
        new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
  }

  /** The second dense layer has no bias until its batch normalization goes. */
  private static List<Layer> normedLayers() {
    return List.of(
        dense(5, true),
        new BatchNormalization(),
        new ActivationLayer(Activation.TANH),
        dense(4, false),
        new BatchNormalization(),
        new ActivationLayer(Activation.TANH),
        new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
  }

  private static MultiLayerNetwork list(IUpdater updater, InputType input, List<Layer> layers) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(updater).list();
    layers.forEach(list::layer);
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static MultiLayerNetwork list(IUpdater updater, List<Layer> layers) {
    return list(updater, InputType.feedForward(6), layers);
  }

  /** The same layers in a graph, named as in a list. */
  private static ComputationGraph graph(IUpdater updater, List<Layer> layers) {
    var builder =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .updater(updater)
            .graphBuilder()
            .addInputs("x");
    String last = "x";
    for (int i = 0; i < layers.size(); i++) {
      builder.addLayer("" + i, layers.get(i), last);
      last = "" + i;
    }
    ComputationGraph network =
        new ComputationGraph(
            builder.setOutputs(last).setInputTypes(InputType.feedForward(6)).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static INDArray parameter(Model network, String name) {
    return Training.parameters(network).get(name);
  }

  /** s = γ/√(σ² + ε), with the logarithm of σ as the parameter. */
  private static double scale(Model network, String norm, int channel) {
    double deviation = Math.pow(10, parameter(network, norm + "_log10stdev").getDouble(channel));
    return parameter(network, norm + "_gamma").getDouble(channel)
        / Math.sqrt(deviation * deviation + 1e-5);
  }

  /** Sets a plain dense layer to what a dense layer and its batch normalization are together. */
  private static void set(
      Model from, String dense, String norm, Model to, String plain, IUpdater updater) {
    INDArray weights = parameter(from, dense + "_W");
    INDArray bias = parameter(from, dense + "_b");
    for (int o = 0; o < weights.columns(); o++) {
      double s = scale(from, norm, o);
      double shift =
          parameter(from, norm + "_beta").getDouble(o)
              - s * parameter(from, norm + "_mean").getDouble(o);
      double old = bias == null ? 0 : bias.getDouble(o);
      parameter(to, plain + "_b").putScalar(o, s * old + shift);
      for (int i = 0; i < weights.rows(); i++) {
        parameter(to, plain + "_W").putScalar(i, o, s * weights.getDouble(i, o));
        // f order: the memory of a column lies together.
        remember(from, dense + "_W", to, plain + "_W", o * weights.rows() + i, s, updater);
      }
      if (bias != null) {
        remember(from, dense + "_b", to, plain + "_b", o, s, updater);
      }
    }
  }

  private static void remember(
      Model from, String old, Model to, String now, int at, double factor, IUpdater updater) {
    Map<String, INDArray> memory = Training.memory(from);
    Map<String, INDArray> target = Training.memory(to);
    Map<String, Double> divisors =
        updater instanceof Nesterovs
            ? Map.of("V", factor)
            : updater instanceof AdaMax
                ? Map.of("M", factor, "V", Math.abs(factor))
                : Map.of(
                    "M", factor,
                    "V", factor * factor,
                    "V_HAT", factor * factor,
                    "msg", factor * factor,
                    "msdx", 1 / (factor * factor),
                    "grad", factor * factor,
                    "G", factor * factor);
    divisors.forEach(
        (slot, divisor) -> {
          INDArray numbers = memory.get(old + "/" + slot);
          if (numbers != null) {
            target.get(now + "/" + slot).putScalar(at, numbers.getDouble(at) / divisor);
          }
        });
  }

  private static void copy(Model from, String old, Model to, String now) {
    parameter(to, now).assign(parameter(from, old));
    Map<String, INDArray> target = Training.memory(to);
    Training.memory(from)
        .forEach(
            (name, numbers) -> {
              if (name.startsWith(old + "/")) {
                target.get(now + name.substring(old.length())).assign(numbers);
              }
            });
  }

  private static void check(IUpdater updater, Model network, Model byHand) {
    Training.fit(network, DATA, 5);
    set(network, "0", "1", byHand, "0", updater);
    set(network, "3", "4", byHand, "2", updater);
    copy(network, "6_W", byHand, "4_W");
    copy(network, "6_b", byHand, "4_b");
    if (byHand instanceof ComputationGraph graph) {
      graph.getConfiguration().setIterationCount(5);
    } else {
      ((MultiLayerNetwork) byHand).setIterationCount(5);
    }

    NetworkFold fold = NetworkFold.of(network, FoldingOptions.defaults()).removesAll();

    double before = Training.loss(network, DATA);
    assertThat(Training.loss(fold.after(), DATA)).isCloseTo(before, within(1e-9 * before));
    List<Double> losses = Training.fit(fold.after(), DATA, 20);
    List<Double> expected = Training.fit(byHand, DATA, 20);
    for (int step = 0; step < 20; step++) {
      assertThat(losses.get(step))
          .as("loss of step %d", step)
          .isCloseTo(expected.get(step), within(1e-9 * expected.get(step)));
    }
    assertThat(losses.get(0)).isCloseTo(before, within(1e-9 * before));
    assertThat(Collections.min(losses)).isLessThan(losses.get(0));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_folded_list_trains_like_one_that_was_built_that_way(IUpdater updater) {
    check(updater, list(updater, normedLayers()), list(updater, plainLayers()));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void a_folded_graph_trains_like_one_that_was_built_that_way(IUpdater updater) {
    ComputationGraph byHand = graph(updater, plainLayers());
    check(updater, graph(updater, normedLayers()), byHand);
  }

  @Test
  void training_goes_on_where_batch_normalizations_stay() {
    IUpdater updater = new Adam(1e-2);
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .graphBuilder()
                .addInputs("x")
                .addLayer("dense", dense(5, true), "x")
                .addLayer("bn1", new BatchNormalization(), "dense")
                .addLayer("bn2", new BatchNormalization(), "dense")
                .addLayer("tanh1", new ActivationLayer(Activation.TANH), "bn1")
                .addLayer("tanh2", new ActivationLayer(Activation.TANH), "bn2")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                    "tanh1",
                    "tanh2")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(6))
                .build());
    network.init();
    // So that the statistics are those of the data.
    Training.fit(RandomParameters.in(network, 7), DATA, 200);
    double before = Training.loss(network, DATA);

    NetworkFold fold =
        NetworkFold.of(network, FoldingOptions.defaults()).keeps("bn2", Reason.SCALE_CONFLICT);

    List<Double> losses = Training.fit(fold.after(), DATA, 20);
    assertThat(losses.get(0)).isCloseTo(before, within(0.05 * before + 1e-3));
    assertThat(losses).allMatch(loss -> loss < 1.1 * before + 1e-3);
    assertThat(Training.loss(fold.after(), DATA)).isLessThan(1.1 * before + 1e-3);
  }

  @Test
  void training_of_a_convolutional_network_goes_on() {
    MultiLayerNetwork network =
        list(
            new Adam(1e-2),
            InputType.convolutional(6, 5, 2),
            List.of(
                new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build(),
                new BatchNormalization(),
                new ConvolutionLayer.Builder(3, 3)
                    .nOut(4)
                    .convolutionMode(org.deeplearning4j.nn.conf.ConvolutionMode.Same)
                    .activation(Activation.IDENTITY)
                    .build(),
                new BatchNormalization(),
                new ActivationLayer(Activation.RELU),
                new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build()));
    DataSet data = Training.data(3, 5, 16, 2, 6, 5);
    Training.fit(network, data, 100);
    double before = Training.loss(network, data);

    NetworkFold fold = NetworkFold.of(network, FoldingOptions.defaults()).removesAll();

    List<Double> losses = Training.fit(fold.after(), data, 20);
    assertThat(losses.get(0)).isCloseTo(before, within(1e-9 * before));
    assertThat(losses.get(19)).isLessThan(before);
  }
}
