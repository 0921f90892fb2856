package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The linear operator behind a batch normalization takes it. */
class ForwardTest {
  @Test
  void the_norm_of_an_input_goes_into_an_unpadded_convolution() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(8, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void the_norm_of_a_channels_last_input_goes_into_an_unpadded_convolution() {
    Fold.nhwc(net -> net.image(3, 9, 7).batchNorm().conv(8, 3, Padding.VALID, 2, 1, true))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_scale_without_shift_goes_into_a_zero_padded_convolution() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .apply(v -> normWithoutShift(net, v, 3))
                    .conv(8, 3, Padding.of(1)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  private static SDVariable normWithoutShift(Net net, SDVariable v, int channels) {
    return net.graph()
        .nn()
        .batchNorm(
            "bn",
            v,
            net.graph().constant("mean", net.gaussian(1, channels).mul(0)),
            net.graph().constant("var", net.vector(0.4, 1.7, 0.9)),
            net.graph().var("gamma", net.vector(-0.8, 1.2, 0.5)),
            net.graph().var("beta", net.gaussian(1, channels).mul(0)),
            1e-3,
            1);
  }

  @Test
  void a_constant_factor_goes_into_a_zero_padded_convolution() {
    Fold.nchw(net -> net.image(3, 9, 7).multiplyConstant().conv(8, 3, Padding.of(1)))
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_constant_addend_goes_into_an_unpadded_convolution() {
    Fold.nchw(net -> net.image(3, 9, 7).addConstant().conv(8, 3, Padding.VALID))
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void an_addend_that_differs_between_positions_stays_before_a_convolution() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .apply(v -> v.add("sum", net.constant("field", 9, 7)))
                    .conv(8, 3, Padding.VALID))
        .leaves("add", "conv2d")
        .equalOutputs();
  }

  @Test
  void the_norm_of_an_input_goes_into_a_pointwise_convolution() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(8, 1, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_pointwise_convolution_that_pads_sees_zeros_that_the_norm_did_not_shift() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(8, 1, Padding.of(1))).equalOutputs();
  }

  @Test
  void a_pointwise_convolution_with_same_padding_reads_no_zeros() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(8, 1, Padding.SAME))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void an_even_kernel_without_padding_takes_a_norm() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().conv(8, 2, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_column_kernel_without_padding_takes_a_norm() {
    Fold.nchw(net -> kernel(net, 3, 1)).removesAll().leaves("conv2d").equalOutputs();
  }

  @Test
  void a_row_kernel_without_padding_takes_a_norm() {
    Fold.nhwc(net -> kernel(net, 1, 3)).removesAll().leaves("conv2d").equalOutputs();
  }

  private static Node kernel(Net net, int height, int width) {
    SDVariable weights = net.weight("W", height, width, 3, 5);
    return net.image(3, 9, 7).batchNorm().conv(weights, 5, Padding.VALID, 1, 1, false);
  }

  @Test
  void an_unpadded_depthwise_convolution_takes_a_norm_on_its_input() {
    Fold.nchw(net -> net.image(5, 9, 7).batchNorm().depthwise(2, 3, Padding.VALID))
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  @Test
  void a_pointwise_transposed_convolution_of_stride_one_takes_a_norm_on_its_input() {
    Fold.nchw(net -> net.image(5, 6, 4).batchNorm().deconv(3, 1, 1))
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void a_strided_transposed_convolution_takes_no_shift_on_its_input() {
    Fold.weightsOnly(net -> net.image(5, 6, 4).batchNorm().deconv(3, 1, 2))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_transposed_convolution_that_overlaps_takes_no_shift_on_its_input() {
    Fold.weightsOnly(net -> net.image(5, 6, 4).batchNorm().deconv(3, 3, 2))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_transposed_convolution_takes_a_scale_on_its_input() {
    Fold.nhwc(net -> net.image(5, 6, 4).multiplyConstant().deconv(3, 3, 2))
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void the_norm_of_an_input_goes_into_a_dense_layer() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).batchNorm().dense(4))
        .removesAll()
        .leaves("xw_plus_b")
        .equalOutputs();
  }

  @Test
  void the_norm_of_an_input_goes_into_a_matrix_product() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).batchNorm().matmul(4))
        .removesAll()
        .leaves("matmul", "add")
        .equalOutputs();
  }

  @Test
  void a_norm_is_repeated_per_position_through_flattening() {
    Fold.nchw(net -> net.image(3, 4, 5).batchNorm().applyFlat(60, v -> v.reshape(-1, 60)).dense(4))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_alternates_through_flattening_channels_last() {
    Fold.nhwc(net -> net.image(3, 4, 5).batchNorm().applyFlat(60, v -> v.reshape(-1, 60)).dense(4))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void scale_goes_forward_through_relu_while_shift_goes_back_into_a_bias() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .relu()
                    .batchNorm(Gamma.POSITIVE)
                    .apply(
                        v -> v.add("skip", net.image(3, 9, 7).conv(8, 1, Padding.VALID).variable()))
                    .conv(4, 3, Padding.SAME))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_between_two_convolutions_goes_once() {
    Fold.nchw(
            net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().conv(4, 3, Padding.SAME))
        .removesAll()
        .leaves("conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_relu_goes_into_an_unpadded_convolution() {
    Fold.nchw(net -> net.image(3, 9, 7).relu().batchNorm().conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("relu", "conv2d")
        .equalOutputs();
  }

  @Test
  void zero_gammas_go_forward_without_a_division() {
    Fold.nchw(net -> net.image(6, 9, 7).batchNorm(Gamma.SOME_ZERO).conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void only_zero_gammas_go_forward_as_a_bias() {
    Fold.nchw(net -> net.image(6, 9, 7).batchNorm(Gamma.ZERO).conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_positive_norm_goes_through_max_pooling() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm(Gamma.POSITIVE)
                    .maxPool(2, 2, 0)
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("maxpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_of_mixed_signs_does_not_go_through_max_pooling() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().maxPool(2, 2, 0).conv(4, 3, Padding.VALID))
        .removes(0)
        .keeps("bn", Reason.SIGN_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_unpadded_average_pooling() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().avgPool(2, 2, 0).conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_global_pooling_into_a_dense_layer() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().globalPool().dense(4))
        .removesAll()
        .leaves("reduce_mean", "xw_plus_b")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_global_pooling_channels_last() {
    Fold.nhwc(net -> net.image(3, 9, 7).batchNorm().globalPool().dense(4))
        .removesAll()
        .leaves("reduce_mean", "xw_plus_b")
        .equalOutputs();
  }

  @Test
  void a_norm_does_not_go_through_sigmoid() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().sigmoid().conv(4, 3, Padding.VALID))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_does_not_go_through_softmax() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .batchNorm()
                    .apply(v -> net.graph().nn().softmax("softmax", v))
                    .dense(4))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_between_input_and_output_stays() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().output())
        .removes(0)
        .keeps("bn", Reason.OUTPUT)
        .equalOutputs();
  }

  @Test
  void a_table_of_positions_before_a_convolution_takes_the_norm_between_them() {
    Fold.nchw(
            net -> {
              INDArray table = net.gaussian(1, 8, 9, 7);
              net.image(3, 9, 7)
                  .conv(8, 3, Padding.SAME)
                  .apply(v -> v.add("positions", net.graph().constant("table", table)))
                  .batchNorm()
                  .sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "add", "sigmoid")
        .equalOutputs();
  }
}
