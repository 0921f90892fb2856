package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parameters at the edge: zero, tiny, equal, invalid. */
class EdgeCasesTest {
  private static final double[] VARIANCE = {0.4, 1.7, 0.9, 1.2};

  @Test
  void a_gamma_of_zero_between_two_activations_stays() {
    Fold.nchw(
            net ->
                net.image(4, 9, 7)
                    .sigmoid()
                    .batchNorm(new double[] {0.6, 0, 1.4, 0.8}, VARIANCE, 1, 1e-3)
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_on_a_tensor_with_another_reader_stays_exact() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              x.batchNorm(new double[] {0.6, 0, 1.4, 0.8}, VARIANCE, 1, 1e-3).sigmoid().output();
              x.conv(5, 3, Padding.VALID).output();
            })
        .removes(0)
        .keeps("bn", Reason.ZERO_SCALE)
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_before_linear_readers_goes_forward_as_a_constant() {
    Fold.nchw(
            net -> {
              Node x =
                  net.image(4, 9, 7)
                      .sigmoid()
                      .batchNorm(new double[] {0.6, 0, -1.4, 0}, VARIANCE, 1, 1e-3);
              x.conv(5, 3, Padding.VALID).output();
              x.conv(2, 1, Padding.VALID).output();
            })
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_is_absorbed_by_a_norm_that_stays_before_an_addition() {
    Fold.weightsOnly(
            net ->
                net.image(4, 9, 7)
                    .batchNorm(new double[] {0.6, 0, -1.4, 0.7}, VARIANCE, 1, 1e-3)
                    .batchNorm(new double[] {0.8, -1.2, 0, 0.5}, VARIANCE, 1, 1e-3)
                    .addConstant()
                    .conv(5, 3, Padding.SAME))
        .removes(1)
        .keeps("bn_1", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void constant_channels_before_zero_padding_go_as_a_gauge_or_as_a_constant_zero() {
    Fold.weightsOnly(
            net -> {
              Node x =
                  net.image(2, 9, 7).apply(v -> norm(net, v, "zero", 0, 0, 0.3, 0.7, -1.1, 0.9));
              x.output();
              x.apply(v -> norm(net, v, "next", -1.3, 0.6, 0, 0.9, 0, 0))
                  .conv(5, 3, Padding.SAME)
                  .output();
            })
        .removes(1)
        .equalOutputs();
  }

  /** A batch normalization of two channels. */
  private static SDVariable norm(Net net, SDVariable v, String name, double... parameters) {
    double[] p = parameters;
    return net.graph()
        .nn()
        .batchNorm(
            name,
            v,
            net.graph().constant(name + ".mean", net.vector(p[2], p[3])),
            net.graph().constant(name + ".var", net.vector(0.4, 1.7)),
            net.graph().var(name + ".gamma", net.vector(p[0], p[1])),
            net.graph().var(name + ".beta", net.vector(p[4], p[5])),
            1e-3,
            1);
  }

  @Test
  void a_gamma_of_zero_behind_a_depthwise_convolution_goes_back() {
    Fold.nhwc(
            net ->
                net.image(6, 9, 7)
                    .depthwise(1, 3, Padding.SAME)
                    .batchNorm(Gamma.SOME_ZERO)
                    .sigmoid())
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_behind_relu_and_before_a_padded_convolution_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(6, 3, Padding.SAME)
                    .relu()
                    .batchNorm(Gamma.SOME_ZERO)
                    .conv(5, 3, Padding.SAME))
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_behind_a_concatenation_goes_back_in_its_slice() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME)
                  .concat(x.conv(5, 1, Padding.VALID))
                  .batchNorm(Gamma.SOME_ZERO)
                  .sigmoid();
            })
        .equalOutputs();
  }

  @Test
  void a_tiny_gamma_on_a_shared_tensor_is_not_inverted_in_float32() {
    Fold fold =
        Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              x.batchNorm(new double[] {0.6, 1e-6, 1.4, 0.8}, VARIANCE, 1, 1e-3).sigmoid().output();
              x.conv(5, 1, Padding.VALID).sigmoid().output();
            },
            options -> options);
    fold.equalOutputs();
    assertThat(fold.report().kept())
        .allSatisfy(kept -> assertThat(kept.reason()).isEqualTo(Reason.ILL_CONDITIONED));
  }

  @Test
  void a_tiny_gamma_goes_back_into_a_producer_of_its_own() {
    Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .batchNorm(new double[] {0.6, 1e-6, 1.4, 1e-12}, VARIANCE, 1, 1e-3)
                    .sigmoid(),
            options -> options)
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_tiny_gamma_goes_forward_by_multiplication() {
    Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net ->
                net.image(4, 9, 7)
                    .sigmoid()
                    .batchNorm(new double[] {0.6, 1e-6, -1.4, 1e-12}, VARIANCE, 1, 1e-3)
                    .conv(5, 3, Padding.VALID),
            options -> options)
        .equalOutputs();
  }

  @Test
  void a_negative_variance_is_refused() {
    withVariance(0.4, -0.2, 1, 0.9).removes(0).keeps("bn", Reason.INVALID_PARAMETERS);
  }

  @Test
  void a_negative_variance_that_epsilon_would_hide_is_refused() {
    withVariance(0.4, -1e-4, 1, 0.9).removes(0).keeps("bn", Reason.INVALID_PARAMETERS);
  }

  @Test
  void a_variance_that_is_not_a_number_is_refused() {
    withVariance(0.4, Double.NaN, 1, 0.9).removes(0).keeps("bn", Reason.INVALID_PARAMETERS);
  }

  @Test
  void an_infinite_variance_is_refused() {
    withVariance(0.4, Double.POSITIVE_INFINITY, 1, 0.9)
        .removes(0)
        .keeps("bn", Reason.INVALID_PARAMETERS);
  }

  private static Fold withVariance(double... variance) {
    return Fold.nchw(
        net ->
            net.image(3, 9, 7)
                .conv(4, 3, Padding.SAME)
                .batchNorm(new double[] {0.6, -1, 1.4, 0.8}, variance, 1, 1e-3)
                .sigmoid());
  }

  @Test
  void a_gamma_that_is_not_a_number_is_refused() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .batchNorm(new double[] {0.6, Double.NaN, 1.4, 0.8}, VARIANCE, 1, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.INVALID_PARAMETERS);
  }

  @Test
  void a_mean_that_is_infinite_is_refused() {
    Fold.nchw(
            net -> {
              net.image(3, 9, 7)
                  .conv(4, 3, Padding.SAME)
                  .batchNorm(new double[] {0.6, -1, 1.4, 0.8}, VARIANCE, 1, 1e-3)
                  .sigmoid();
              INDArray mean = net.graph().getVariable("bn.mean").getArr();
              mean.putScalar(2, Double.NEGATIVE_INFINITY);
            })
        .removes(0)
        .keeps("bn", Reason.INVALID_PARAMETERS);
  }

  @Test
  void a_divisor_of_zero_stays() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> v.div("divided", net.channelConstant(1.3, 0, -0.7, 2)))
                    .sigmoid())
        .leaves("conv2d", "divide", "sigmoid");
  }

  @Test
  void norms_of_equal_parameters_on_one_tensor_stay_exact() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              x.apply(v -> equal(net, v, "one")).sigmoid().output();
              x.apply(v -> equal(net, v, "two")).relu().output();
            })
        .equalOutputs();
  }

  private static SDVariable equal(Net net, SDVariable v, String name) {
    return net.graph()
        .nn()
        .batchNorm(
            name,
            v,
            net.graph().constant(name + ".mean", net.vector(0.3, -0.2, 0.5, 0.1)),
            net.graph().constant(name + ".var", net.vector(VARIANCE)),
            net.graph().var(name + ".gamma", net.vector(0.6, -1.1, 1.4, 0.8)),
            net.graph().var(name + ".beta", net.vector(0.2, 0.4, -0.6, 0.1)),
            1e-3,
            1);
  }

  @Test
  void single_channel_networks_fold() {
    Fold.nchw(
            net ->
                net.image(1, 9, 7)
                    .conv(1, 3, Padding.SAME)
                    .batchNorm(Gamma.MIXED)
                    .relu()
                    .conv(1, 3, Padding.SAME)
                    .batchNorm(Gamma.MIXED))
        .removesAll()
        .leaves("conv2d", "relu", "conv2d")
        .equalOutputs();
  }

  @Test
  void images_of_one_pixel_fold() {
    Fold.nchw(net -> net.image(5, 1, 1).conv(5, 1, Padding.SAME).batchNorm().sigmoid())
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_constant_channel_behind_an_addition_stays_what_it_is_for_an_activation() {
    Fold.nchw(
            net -> {
              Node x = net.image(2, 7, 6);
              Node constant = x.batchNorm(new double[] {0, 0}, new double[] {1, 0.5}, 1, 1e-3);
              constant.output();
              constant.addConstant().leakyRelu(0.3).output();
            })
        .equalOutputs()
        .isIdempotent();
  }
}
