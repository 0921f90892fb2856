package io.github.dl4jbnfold.layers;

import static io.github.dl4jbnfold.layers.Gates.SHIFT;
import static io.github.dl4jbnfold.layers.Gates.SLOPE;
import static io.github.dl4jbnfold.layers.Gates.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The gradients of a gate are those of its function, in float64. */
class GateGradientTest {
  private final DataType before = Nd4j.defaultFloatingPointType();

  @BeforeEach
  void checks_take_the_default_type() {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
  }

  @AfterEach
  void the_default_type_is_as_before() {
    Nd4j.setDefaultDataTypes(before, before);
  }

  private static List<IActivation> activations() {
    return Gates.activations();
  }

  private static void check(GateLayer gate) {
    MultiLayerNetwork network = Gates.network(Gates.double64(), gate);
    MLNConfig check =
        new MLNConfig()
            .net(network)
            .input(Gates.vectors(DataType.DOUBLE))
            .labels(Gates.labels(DataType.DOUBLE));
    assertThat(GradientCheckUtil.checkGradients(check)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("activations")
  void inside_the_bounds_they_are_those_of_both_sides(IActivation activation) {
    check(gate(0.3).activation(activation).build());
    check(gate(0.85).activation(activation).penalty(0.7, 2).build());
    check(gate(0.4).activation(activation).line(1, SLOPE, SHIFT).build());
  }

  /** The function goes on beyond the bounds, so differences to both sides tell the gradient. */
  @ParameterizedTest
  @MethodSource("activations")
  void at_the_bounds_they_are_those_of_the_side_that_counts(IActivation activation) {
    for (double alpha : new double[] {0, 1}) {
      check(gate(alpha).activation(activation).build());
      check(gate(alpha).activation(activation).line(1, SLOPE, SHIFT).build());
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void at_the_bounds_the_step_of_alpha_is_that_of_the_inside(IActivation activation) {
    for (double power : new double[] {1, 2}) {
      GateLayer gate = gate(0).activation(activation).penalty(0.7, power).build();
      MultiLayerNetwork network = Gates.network(Gates.double64(), gate);

      assertThat(Gates.step(network)).isCloseTo(inwards(network, 0, 1e-5), within(1e-5));
      Gates.setAlpha(network, 1);
      assertThat(Gates.step(network)).isCloseTo(inwards(network, 1, -1e-5), within(1e-5));
    }
  }

  /** The derivative of the loss from values on one side, exact to the second order. */
  private static double inwards(MultiLayerNetwork network, double alpha, double step) {
    return (4 * Gates.loss(network, alpha + step)
            - 3 * Gates.loss(network, alpha)
            - Gates.loss(network, alpha + 2 * step))
        / (2 * step);
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void images_have_them_in_both_formats(CNN2DFormat format) {
    int axis = format == CNN2DFormat.NCHW ? 1 : 3;
    for (Activation activation : List.of(Activation.RELU, Activation.SWISH)) {
      GateLayer.Builder gate = gate(0.4).activation(activation).penalty(0.2, 2);
      for (GateLayer layer : List.of(gate.build(), gate.line(axis, SLOPE, SHIFT).build())) {
        MultiLayerNetwork network = LayerCheck.between(layer, format, DataType.DOUBLE);
        Gates.setAlpha(network, 0.4);
        LayerCheck.gradients(network, LayerCheck.images(format));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RNNFormat.class)
  void sequences_with_a_mask_have_them_in_both_formats(RNNFormat format) {
    int axis = format == RNNFormat.NCW ? 1 : 2;
    for (Activation activation : List.of(Activation.RELU, Activation.TANH)) {
      GateLayer gate = gate(0.4).activation(activation).line(axis, SLOPE, SHIFT).build();
      MultiLayerConfiguration configuration =
          Gates.double64()
              .list(
                  new LSTM.Builder().nOut(4).dataFormat(format).build(),
                  gate,
                  new RnnOutputLayer.Builder(LossFunction.MSE)
                      .nOut(2)
                      .dataFormat(format)
                      .activation(Activation.IDENTITY)
                      .build())
              .setInputType(InputType.recurrent(3, 5, format))
              .build();
      MultiLayerNetwork network = new MultiLayerNetwork(configuration);
      network.init();
      INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 5);
      mask.putScalar(1, 4, 0).putScalar(1, 3, 0);
      MLNConfig check =
          new MLNConfig()
              .net(network)
              .input(sequences(format, 3))
              .labels(sequences(format, 2))
              .inputMask(mask)
              .labelMask(mask.dup());
      assertThat(GradientCheckUtil.checkGradients(check)).isTrue();
    }
  }

  private static INDArray sequences(RNNFormat format, int channels) {
    Nd4j.getRandom().setSeed(channels);
    return format == RNNFormat.NCW
        ? Nd4j.randn(DataType.DOUBLE, 2, channels, 5)
        : Nd4j.randn(DataType.DOUBLE, 2, 5, channels);
  }

  @Test
  void volumes_have_them() {
    MultiLayerConfiguration configuration =
        Gates.double64()
            .list(
                new Convolution3D.Builder(2, 2, 2).nOut(4).activation(Activation.TANH).build(),
                gate(0.4).line(1, SLOPE, SHIFT).build(),
                new GlobalPoolingLayer(),
                new OutputLayer.Builder(LossFunction.MSE)
                    .nOut(2)
                    .activation(Activation.IDENTITY)
                    .build())
            .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 4, 2))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();

    LayerCheck.gradients(network, Nd4j.randn(DataType.DOUBLE, 2, 2, 3, 3, 4));
  }
}
