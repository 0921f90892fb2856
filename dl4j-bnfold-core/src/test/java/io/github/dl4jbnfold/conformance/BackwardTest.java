package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The linear operator before a batch normalization takes it. */
class BackwardTest {
  @Test
  void a_convolution_with_bias_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.VALID, 1, 1, true).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_convolution_without_bias_gets_one_that_holds_the_shift() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.VALID).batchNorm());
    fold.removesAll().leaves("conv2d").equalOutputs().isIdempotent();
    assertThat(fold.graph().getOps().values().iterator().next().getInputsToOp()).hasSize(3);
  }

  @Test
  void a_channels_last_convolution_takes_the_norm_behind_it() {
    Fold.nhwc(net -> net.image(3, 9, 7).conv(8, 3, Padding.VALID).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void padding_stride_and_dilation_survive() {
    Fold.nchw(net -> net.image(3, 13, 11).conv(8, 3, Padding.of(1), 2, 2, false).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void same_padding_with_a_stride_survives_channels_last() {
    Fold.nhwc(net -> net.image(3, 13, 11).conv(8, 3, Padding.SAME, 2, 1, true).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_depthwise_convolution_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(5, 9, 7).depthwise(1, 3, Padding.SAME).batchNorm())
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  @Test
  void a_depthwise_convolution_with_multiplier_two_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(5, 9, 7).depthwise(2, 3, Padding.of(1)).batchNorm())
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  @Test
  void a_channels_last_depthwise_convolution_with_multiplier_two_takes_the_norm_behind_it() {
    Fold.nhwc(net -> net.image(5, 9, 7).depthwise(2, 3, Padding.VALID).batchNorm())
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  @Test
  void a_transposed_convolution_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(6, 5, 4).deconv(4, 3, 2).batchNorm())
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void a_channels_last_transposed_convolution_takes_the_norm_behind_it() {
    Fold.nhwc(net -> net.image(6, 5, 4).deconv(4, 3, 2).batchNorm())
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void a_dense_layer_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).dense(4).batchNorm())
        .removesAll()
        .leaves("xw_plus_b")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_matrix_product_takes_the_scale_and_an_addition_takes_the_shift() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).matmul(4).batchNorm())
        .removesAll()
        .leaves("matmul", "add")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_matrix_product_and_the_addition_behind_it_take_the_norm_behind_both() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).matmul(4).addConstant().batchNorm())
        .removesAll()
        .leaves("matmul", "add")
        .equalOutputs();
  }

  @Test
  void a_product_of_two_computed_matrices_takes_nothing() {
    Fold.nchw(
            net -> {
              SDVariable left = net.placeholder("a", 4, 6).variable();
              SDVariable right = net.placeholder("b", 6, 5).variable();
              net.node(left.mmul("product", right))
                  .apply(5, v -> v)
                  .batchNorm(Gamma.MIXED, 1, 5, 1e-3);
            })
        .removes(0)
        .leaves("matmul", "batchnorm")
        .equalOutputs();
  }

  @Test
  void an_identity_between_convolution_and_norm_is_no_obstacle() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .apply(v -> net.graph().identity(v))
                    .batchNorm())
        .removesAll()
        .leaves("conv2d", "identity")
        .equalOutputs();
  }

  @Test
  void a_convolution_takes_two_norms_in_a_row() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_convolution_takes_a_norm_and_the_arithmetic_behind_it() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .batchNorm()
                    .multiplyConstant()
                    .addConstant())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_convolution_with_relu_inside_its_layer_is_not_scaled_by_a_norm_of_mixed_signs() {
    Fold.weightsOnly(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.VALID, 1, 1, true)
                    .relu()
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_positive_scale_goes_back_through_relu() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .relu()
                    .apply(
                        v ->
                            v.mul("scale", net.channelConstant(0.3, 1.4, 0.7, 2, 1.1, 0.2, 3, 0.9)))
                    .sigmoid())
        .leaves("conv2d", "relu", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_negative_scale_does_not_go_back_through_relu() {
    Fold.weightsOnly(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .relu()
                    .apply(
                        v ->
                            v.mul(
                                "scale", net.channelConstant(0.3, 1.4, -0.7, 2, 1.1, 0.2, 3, 0.9)))
                    .sigmoid())
        .leaves("conv2d", "relu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void gammas_of_zero_make_zero_kernels_of_the_producer() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm(Gamma.SOME_ZERO))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void only_zero_gammas_make_the_output_constant() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm(Gamma.ZERO))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_that_is_the_identity_leaves_the_weights_bit_for_bit() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 3, 3, 3, 4);
              net.image(3, 9, 7)
                  .conv(weights, 4, Padding.SAME, 1, 1, true)
                  .apply(v -> norm(net, v, "mean", "var", 1, 0, 0, 1 - 0.25, 0.25));
              net.graph().constant("original", weights.getArr().dup());
            });
    fold.removesAll().leaves("conv2d");
    assertThat(fold.graph().getVariable("W").getArr())
        .isEqualTo(fold.graph().getVariable("original").getArr());
  }

  private static SDVariable norm(
      Net net,
      SDVariable v,
      String mean,
      String variance,
      double gamma,
      double beta,
      double mu,
      double sigma2,
      double epsilon) {
    return net.graph()
        .nn()
        .batchNorm(
            "bn",
            v,
            net.graph().constant(mean, Nd4j.valueArrayOf(new long[] {4}, mu, DataType.DOUBLE)),
            net.graph()
                .constant(variance, Nd4j.valueArrayOf(new long[] {4}, sigma2, DataType.DOUBLE)),
            net.graph().var("gamma", Nd4j.valueArrayOf(new long[] {4}, gamma, DataType.DOUBLE)),
            net.graph().var("beta", Nd4j.valueArrayOf(new long[] {4}, beta, DataType.DOUBLE)),
            epsilon,
            1);
  }

  @Test
  void the_epsilon_of_the_operator_counts() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(5, 3, Padding.SAME).batchNorm(Gamma.MIXED, 1, 5, 0.3))
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_variance_of_zero_is_saved_by_epsilon() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .batchNorm(
                        new double[] {1.3, -0.4, 0.8, 2}, new double[] {0, 0.7, 0, 1.9}, 1, 1e-3))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void float64_networks_fold_in_float64() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm());
    fold.removesAll().equalOutputs();
    assertThat(fold.graph().variables()).allMatch(v -> v.dataType() == DataType.DOUBLE);
  }

  @Test
  void float32_networks_stay_in_float32() {
    Fold fold =
        Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm(),
            options -> options);
    fold.removesAll().leaves("conv2d").equalOutputs();
    assertThat(fold.graph().variables()).allMatch(v -> v.dataType() == DataType.FLOAT);
  }

  @Test
  void float16_networks_stay_in_float16() {
    Fold fold =
        Fold.of(
            Net.of(1, DataType.FLOAT16, false),
            net -> net.placeholder("x", -1, 6).dense(4).batchNorm(),
            options -> options);
    fold.removesAll().equalOutputs();
    assertThat(fold.graph().variables()).allMatch(v -> v.dataType() == DataType.FLOAT16);
  }

  @Test
  void a_convolution_takes_what_stands_behind_its_relu_only_forward() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.VALID)
                    .relu()
                    .batchNorm()
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d", "relu", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_relu_and_before_sigmoid_stays_and_says_why() {
    Fold.weightsOnly(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.VALID)
                    .relu()
                    .batchNorm(Gamma.POSITIVE)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }
}
