package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that work on each element by itself: activations, PReLU, dropout, losses. */
class ActivationLayersTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  /** Homogeneous, so a positive scale passes. RReLU is none here: at inference it is a maximum. */
  private static final Set<Activation> RECTIFIERS =
      EnumSet.of(Activation.RELU, Activation.LEAKYRELU);

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(2, 2).nOut(3).build();
  }

  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  private static Chain around(IActivation activation) {
    return Chain.of(
            VECTORS, dense(4), norm(), new ActivationLayer(activation), norm(), dense(3), wall())
        .positive()
        .once();
  }

  /** All but softmax, which works on whole rows. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
  void norms_on_both_sides_of_any_activation_go(Activation activation) {
    around(activation.getActivationFunction()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void between_walls_two_norms_with_an_activation_between_them_become_one_only_if_it_does_nothing(
      Activation activation) {
    Chain chain =
        Chain.of(
                VECTORS,
                new DenseLayer.Builder().nOut(3).activation(Activation.SIGMOID).build(),
                norm(),
                new ActivationLayer(activation),
                norm(),
                wall())
            .positive()
            .once();
    boolean passes = activation == Activation.IDENTITY;

    for (NetworkFold fold : chain.folds()) {
      chain.equal(fold);
      assertThat(fold.report().removed()).as(activation.name()).hasSize(passes ? 1 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_scale_passes_the_rectifiers(Activation activation) {
    Chain chain =
        Chain.of(VECTORS, dense(4), new ActivationLayer(activation), norm(), dense(3), wall())
            .positive()
            .once();
    chain.removesAll();
    // The scale of what follows it goes backward only where the activation is homogeneous, and a
    // scale without a shift is a norm whose mean and beta are 0.
    for (NetworkFold fold :
        Chain.of(VECTORS, dense(4), new ActivationLayer(activation), norm(), wall())
            .positive()
            .centred()
            .once()
            .folds()) {
      boolean passes = RECTIFIERS.contains(activation) || activation == Activation.IDENTITY;
      assertThat(fold.report().removed()).as(activation.name()).hasSize(passes ? 1 : 0);
    }
  }

  static Stream<ActivationReLU> rectifiers() {
    return Stream.of(
        new ActivationReLU(),
        new ActivationReLU(2.0, null, null),
        new ActivationReLU(null, 0.0, 0.3),
        new ActivationReLU(null, 0.0, null),
        new ActivationReLU(2.0, 0.0, 0.3),
        new ActivationReLU(null, 0.5, 0.3),
        new ActivationReLU(null, 0.5, null),
        new ActivationReLU(-1.0, null, null));
  }

  @ParameterizedTest
  @MethodSource("rectifiers")
  void a_ReLU_with_a_maximum_a_threshold_or_a_slope_keeps_its_function(ActivationReLU activation) {
    around(activation).removesAll();
    Chain.of(VECTORS, dense(4), new ActivationLayer(activation), norm(), dense(3), wall())
        .removesAll();
  }

  @Test
  void a_negative_slope_above_one_or_below_zero_is_a_rectifier_too() {
    for (double slope : new double[] {1.5, -0.5, 0, 1}) {
      Chain.of(VECTORS, dense(4), new ActivationLayer(new ActivationLReLU(slope)), norm(), wall())
          .positive()
          .centred()
          .once()
          .removesAll();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_scale_passes_a_PReLU_whatever_axes_share_a_slope(CNN2DFormat format) {
    boolean last = format == CNN2DFormat.NHWC;
    for (long[] shared : new long[][] {{}, {1}, {1, 2}, {2, 3}, {1, 2, 3}, {3}}) {
      PReLULayer.Builder prelu = new PReLULayer.Builder();
      prelu.inputShape(last ? new long[] {4, 3, 3} : new long[] {3, 4, 3});
      if (shared.length > 0) {
        prelu.sharedAxes(shared);
      }
      Chain.of(images(format), conv(), prelu.build(), norm(), wall())
          .positive()
          .centred()
          .once()
          .removesAll();
      Chain.of(images(format), conv(), norm(), prelu.build(), norm(), conv(), wall())
          .positive()
          .once()
          .removesAll();
    }
  }

  @Test
  void a_PReLU_of_vectors_has_a_slope_for_each() {
    PReLULayer prelu = new PReLULayer.Builder().inputShape(4).build();

    Chain.of(VECTORS, dense(4), norm(), prelu, norm(), dense(2), wall()).positive().removesAll();
  }

  @Test
  void a_norm_stays_that_keeps_activations_from_writing_into_the_input_of_the_network() {
    // Deeplearning4j throws where the second of them is given the input as well.
    Chain.of(VECTORS, wall(), norm(), new ActivationLayer(Activation.IDENTITY), dense(4), wall())
        .keeps("layer1", Reason.UNSUPPORTED_FORM);
    Chain.of(
            VECTORS,
            norm(),
            new DropoutLayer(0.5),
            new ActivationLayer(Activation.IDENTITY),
            norm(),
            dense(4),
            wall())
        .removes("layer3");
    Chain.of(images(CNN2DFormat.NCHW), wall(), norm(), dense(4), norm(), wall()).removes("layer3");
    Chain.of(VECTORS, norm(), new DropoutLayer(0.5), dense(4), wall()).removesAll();
  }

  static Stream<IDropout> dropouts() {
    return Stream.of(
        new Dropout(0.5),
        new AlphaDropout(0.5),
        new GaussianDropout(0.5),
        new GaussianNoise(0.5),
        new SpatialDropout(0.5));
  }

  @ParameterizedTest
  @MethodSource("dropouts")
  void dropout_does_nothing_at_inference(IDropout dropout) {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      Chain.of(images(format), conv(), new DropoutLayer(dropout), norm(), wall()).removesAll();
      ConvolutionLayer sigmoid =
          new ConvolutionLayer.Builder(1, 1).nOut(3).activation(Activation.SIGMOID).build();
      Chain.of(images(format), sigmoid, norm(), new DropoutLayer(dropout), conv(), wall())
          .removesAll();
    }
    DenseLayer dense = new DenseLayer.Builder().nOut(4).dropOut(dropout).build();
    Chain.of(VECTORS, dense, norm(), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), dense, wall()).removesAll();
  }

  @Test
  void a_layer_that_does_nothing_passes_everything() {
    Chain.of(VECTORS, dense(4), new IdentityLayer("nothing"), norm(), wall()).removesAll();
  }

  @Test
  void a_norm_passes_a_loss_without_activation() {
    // It does not tell what follows how much it writes.
    LossLayer loss =
        new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build();
    DenseLayer dense = new DenseLayer.Builder().nIn(3).nOut(4).build();
    BatchNormalization norm = new BatchNormalization.Builder().nIn(4).nOut(4).build();
    Chain.ofShape(new long[] {3}, dense, loss, norm, wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_passes_a_loss_of_images_without_activation(CNN2DFormat format) {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).dataFormat(format).build();
    CnnLossLayer loss =
        new CnnLossLayer.Builder(LossFunction.MSE)
            .activation(Activation.IDENTITY)
            .format(format)
            .build();
    BatchNormalization norm =
        new BatchNormalization.Builder().nIn(4).nOut(4).dataFormat(format).build();

    Chain.ofShape(images(format).getShape(), conv, loss, norm, wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_loss_with_a_softmax_is_a_wall(CNN2DFormat format) {
    LossLayer loss =
        new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    Chain.of(VECTORS, dense(4), norm(), loss).removesAll();
    Chain.of(VECTORS, wall(), norm(), loss).keeps("layer1", Reason.SCALE_CONFLICT);
    CnnLossLayer images =
        new CnnLossLayer.Builder(LossFunction.MCXENT)
            .activation(Activation.SOFTMAX)
            .format(format)
            .build();
    Chain.of(images(format), conv(), norm(), images).removesAll();
  }

  @Test
  void the_loss_of_sequences_is_an_activation() {
    RnnLossLayer loss =
        new RnnLossLayer.Builder(LossFunction.MCXENT)
            .activation(Activation.SOFTMAX)
            .dataFormat(RNNFormat.NWC)
            .build();

    Chain.of(InputType.recurrent(3, 6, RNNFormat.NWC), wall(), lastAxisNorm(), loss)
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }
}
