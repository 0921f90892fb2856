package io.github.dl4jbnfold.layers;

import static io.github.dl4jbnfold.layers.Gates.SHIFT;
import static io.github.dl4jbnfold.layers.Gates.SLOPE;
import static io.github.dl4jbnfold.layers.Gates.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A gate in training. */
class GateTrainingTest {
  private static final DataSet DOUBLES =
      new DataSet(Gates.vectors(DataType.DOUBLE), Gates.labels(DataType.DOUBLE));

  private static NeuralNetConfiguration.Builder adam() {
    return Gates.double64().updater(new Adam(0.01));
  }

  private static void fit(MultiLayerNetwork network, int steps) {
    for (int i = 0; i < steps; i++) {
      network.fit(DOUBLES);
    }
  }

  /** Those whose derivative DL4J has right. */
  private static List<IActivation> activations() {
    return List.of(
        Activation.RELU.getActivationFunction(),
        Activation.LEAKYRELU.getActivationFunction(),
        Activation.RELU6.getActivationFunction(),
        Activation.TANH.getActivationFunction(),
        Activation.SWISH.getActivationFunction(),
        Activation.IDENTITY.getActivationFunction());
  }

  @ParameterizedTest
  @MethodSource("activations")
  void frozen_at_0_the_network_trains_as_the_one_without_a_gate(IActivation activation) {
    MultiLayerNetwork before = Gates.network(adam(), new ActivationLayer(activation));
    MultiLayerNetwork after =
        Gates.network(adam(), gate(0).activation(activation).frozen(true).build());
    INDArray first = before.getLayer(0).params().dup();

    fit(before, 5);
    fit(after, 5);

    assertThat(before.getLayer(0).params()).isNotEqualTo(first);
    for (int layer : new int[] {0, 2}) {
      assertThat(after.getLayer(layer).params().equalsWithEps(before.getLayer(layer).params(), 0))
          .isTrue();
    }
    assertThat(after.score()).isEqualTo(before.score());
  }

  @Test
  void frozen_at_1_the_network_trains_as_one_without_the_activation() {
    MultiLayerNetwork before = Gates.network(adam(), new ActivationLayer(Activation.IDENTITY));
    MultiLayerNetwork after =
        Gates.network(adam(), gate(1).activation(Activation.SWISH).frozen(true).build());

    fit(before, 5);
    fit(after, 5);

    assertThat(after.getLayer(0).params().equalsWithEps(before.getLayer(0).params(), 0)).isTrue();
  }

  @Test
  void frozen_it_never_moves_and_costs_nothing() {
    for (double alpha : new double[] {0, 0.3, 1}) {
      GateLayer gate = gate(alpha).penalty(100, 1).frozen(true).build();
      NeuralNetConfiguration.Builder builder =
          adam().l2(0.1).weightDecay(0.1).constrainAllParameters(new UnitNormConstraint(1));
      MultiLayerNetwork network = Gates.network(builder, gate);
      double start = Gates.alpha(network);
      fit(network, 10);

      assertThat(Gates.alpha(network)).isEqualTo(start).isCloseTo(alpha, within(1e-15));
      assertThat(network.getLayer(1).calcRegularizationScore(true)).isZero();
    }
  }

  @Test
  void after_large_steps_it_is_in_its_bounds() {
    for (double alpha : new double[] {0, 0.5, 1}) {
      for (double rate : new double[] {1e3, -1e3}) {
        GateLayer gate = gate(alpha).penalty(1, 1).updater(new Sgd(rate)).build();
        // The penalty alone: nothing behind the gate passes a gradient.
        MultiLayerNetwork network = Gates.network(Gates.double64().updater(new Sgd(0)), gate);
        network.getLayer(2).getParam("W").assign(0);
        network.fit(DOUBLES);

        assertThat(Gates.alpha(network)).isEqualTo(rate > 0 ? 1 : 0);
      }
    }
  }

  @Test
  void what_the_network_is_told_of_weights_does_not_concern_it() {
    MultiLayerNetwork plain = Gates.network(adam().updater(new Sgd(0)), trained());
    NeuralNetConfiguration.Builder told =
        adam()
            .updater(new Sgd(0))
            .l1(0.1)
            .weightDecay(0.1)
            .l2Bias(0.1)
            .dropOut(1)
            .gradientNormalization(GradientNormalization.RenormalizeL2PerLayer)
            .gradientNormalizationThreshold(1e-3)
            .constrainAllParameters(new NonNegativeConstraint(), new MaxNormConstraint(1e-3, 1))
            .constrainWeights(new MaxNormConstraint(1e6, 1));
    MultiLayerNetwork network = Gates.network(told, trained());
    plain.fit(DOUBLES);
    network.fit(DOUBLES);

    assertThat(Gates.alpha(plain)).isNotEqualTo(0.5);
    assertThat(Gates.alpha(network)).isEqualTo(Gates.alpha(plain));
  }

  private static GateLayer trained() {
    return gate(0.5).updater(new Sgd(0.05)).penalty(0.1, 2).build();
  }

  @ParameterizedTest
  @EnumSource(value = GradientNormalization.class)
  void no_gradient_normalization_changes_its_step(GradientNormalization normalization) {
    MultiLayerNetwork plain = Gates.network(adam().updater(new Sgd(0)), trained());
    MultiLayerNetwork network =
        Gates.network(
            adam()
                .updater(new Sgd(0))
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(1e-4),
            trained());
    plain.fit(DOUBLES);
    network.fit(DOUBLES);

    assertThat(Gates.alpha(network)).isEqualTo(Gates.alpha(plain)).isNotEqualTo(0.5);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void it_trains_alike_with_workspaces_and_without(IActivation activation) {
    GateLayer gate =
        gate(0.3)
            .activation(activation)
            .line(1, SLOPE, SHIFT)
            .penalty(0.1, 2)
            .updater(new Nesterovs(0.01))
            .build();
    INDArray[] params = new INDArray[2];
    for (WorkspaceMode mode : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
      for (Layer layer : List.of(gate, gate(0.3).activation(activation).build())) {
        MultiLayerNetwork network =
            Gates.network(
                adam().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode), layer.clone());
        fit(network, 10);
        int at = layer == gate ? 0 : 1;
        if (mode == WorkspaceMode.ENABLED) {
          params[at] = network.params().dup();
        } else {
          assertThat(network.params().equalsWithEps(params[at], 1e-13)).isTrue();
        }
      }
    }
  }

  @Test
  void a_network_that_was_saved_goes_on_as_if_it_was_not() {
    GateLayer gate = gate(0.3).penalty(0.1, 2).updater(new Adam(0.02)).build();
    MultiLayerNetwork network = Gates.network(adam(), gate);
    fit(network, 5);

    MultiLayerNetwork loaded = LayerCheck.reloaded(network);
    fit(network, 5);
    fit(loaded, 5);

    assertThat(loaded.params()).isEqualTo(network.params());
    assertThat(Gates.alpha(loaded)).isEqualTo(Gates.alpha(network)).isNotEqualTo(0.3);
  }

  @Test
  void what_was_saved_between_a_step_and_the_bounds_is_read_with_alpha_in_them() {
    for (double step : new double[] {1.03, -0.2}) {
      MultiLayerNetwork network = Gates.network(adam(), gate(0.3).penalty(0.1, 2).build());
      INDArray others = network.getLayer(0).params().dup();
      Gates.setAlpha(network, step);

      MultiLayerNetwork loaded = LayerCheck.reloaded(network);

      assertThat(Gates.alpha(loaded)).isEqualTo(step > 1 ? 1 : 0);
      assertThat(loaded.getLayer(0).params()).isEqualTo(others);
    }
  }

  @Test
  void transfer_learning_keeps_it_with_its_bounds_and_freezes_it_where_told() {
    MultiLayerNetwork network =
        Gates.network(adam(), gate(0.3).penalty(1, 1).updater(new Sgd(1e3)).build());
    network.getLayer(2).getParam("W").assign(0);
    FineTuneConfiguration tuned = new FineTuneConfiguration.Builder().updater(new Sgd(0)).build();

    MultiLayerNetwork free =
        new TransferLearning.Builder(network).fineTuneConfiguration(tuned).build();
    MultiLayerNetwork frozen =
        new TransferLearning.Builder(network)
            .fineTuneConfiguration(tuned)
            .setFeatureExtractor(1)
            .build();
    free.fit(DOUBLES);
    frozen.fit(DOUBLES);

    assertThat(Gates.alpha(free)).isEqualTo(1);
    assertThat(Gates.alpha(frozen)).isEqualTo(Gates.alpha(network));
  }

  @Test
  void a_network_takes_another_data_type_with_it() {
    MultiLayerNetwork network = Gates.network(adam(), gate(0.25).line(1, SLOPE, SHIFT).build());
    INDArray x = Gates.vectors(DataType.DOUBLE);
    INDArray wide = network.output(x.dup()).dup();

    MultiLayerNetwork narrow = network.convertDataType(DataType.FLOAT);

    assertThat(Gates.alpha(narrow)).isEqualTo(0.25);
    INDArray y = narrow.output(x.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE);
    assertThat(y.sub(wide).amaxNumber().doubleValue()).isLessThan(1e-4);
  }

  /** Whether two numbers have the same sign: no line through them tells. */
  private static DataSet signs() {
    Nd4j.getRandom().setSeed(3);
    INDArray x = Nd4j.randn(DataType.FLOAT, 256, 2);
    INDArray same = x.getColumn(0).mul(x.getColumn(1)).gt(0).castTo(DataType.FLOAT);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 256, 2);
    labels.putColumn(0, same);
    labels.putColumn(1, same.rsub(1));
    return new DataSet(x, labels);
  }

  private static MultiLayerNetwork trainedOnSigns(double weight) {
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder().seed(5).updater(new Adam(0.02));
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder
                .list(
                    new DenseLayer.Builder()
                        .nIn(2)
                        .nOut(16)
                        .activation(Activation.IDENTITY)
                        .build(),
                    gate(0.2).penalty(weight, 2).updater(new Adam(0.02)).build(),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(16)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    DataSet data = signs();
    for (int i = 0; i < 150; i++) {
      network.fit(data);
    }
    return network;
  }

  @Test
  void a_task_that_needs_the_activation_keeps_it() {
    assertThat(Gates.alpha(trainedOnSigns(0))).isLessThan(0.9);
  }

  @Test
  void a_high_price_removes_it_all_the_same() {
    assertThat(Gates.alpha(trainedOnSigns(5))).isEqualTo(1);
  }
}
