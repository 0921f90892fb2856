package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Arithmetic with constants: batch normalizations in other words, biases, fields, numbers. */
class ArithmeticTest {
  /** conv, one operation with a constant of the given shape, sigmoid. */
  private static Fold afterConvolution(
      BiFunction<SDVariable, SDVariable, SDVariable> operation, long... shape) {
    return Fold.nchw(
        net ->
            net.image(3, 9, 7)
                .conv(5, 3, Padding.SAME)
                .apply(v -> operation.apply(v, net.constant("k", shape)))
                .sigmoid());
  }

  private static Fold afterChannelsLast(
      BiFunction<SDVariable, SDVariable, SDVariable> operation, long... shape) {
    return Fold.nhwc(
        net ->
            net.image(3, 9, 7)
                .conv(5, 3, Padding.SAME)
                .apply(v -> operation.apply(v, net.constant("k", shape)))
                .sigmoid());
  }

  @Test
  void a_factor_of_shape_C11_goes() {
    afterConvolution((v, k) -> v.mul("r", k), 5, 1, 1).leaves("conv2d", "sigmoid").equalOutputs();
  }

  @Test
  void a_factor_of_shape_1C11_goes() {
    afterConvolution((v, k) -> v.mul("r", k), 1, 5, 1, 1)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_factor_on_the_left_goes() {
    afterConvolution((v, k) -> k.mul("r", v), 1, 5, 1, 1)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_channels_last_factor_of_shape_C_goes() {
    afterChannelsLast((v, k) -> v.mul("r", k), 5).leaves("conv2d", "sigmoid").equalOutputs();
  }

  @Test
  void a_channels_last_factor_of_shape_111C_on_the_left_goes() {
    afterChannelsLast((v, k) -> k.mul("r", v), 1, 1, 1, 5)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_single_factor_goes() {
    afterConvolution((v, k) -> v.mul("r", k), 1).leaves("conv2d", "sigmoid").equalOutputs();
  }

  @Test
  void a_factor_along_the_width_stays() {
    afterConvolution((v, k) -> v.mul("r", k), 7)
        .leaves("conv2d", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_factor_along_the_height_stays() {
    afterConvolution((v, k) -> v.mul("r", k), 9, 1)
        .leaves("conv2d", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_factor_per_position_and_channel_stays() {
    afterConvolution((v, k) -> v.mul("r", k), 5, 9, 7)
        .leaves("conv2d", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_divisor_goes() {
    afterConvolution((v, k) -> v.div("r", k), 5, 1, 1).leaves("conv2d", "sigmoid").equalOutputs();
  }

  @Test
  void a_constant_divided_by_the_convolution_stays() {
    afterConvolution((v, k) -> k.div("r", v), 5, 1, 1)
        .leaves("conv2d", "divide", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_sum_with_a_channel_constant_in_front_of_a_factor_goes() {
    afterConvolution((v, k) -> v.add("s", k).mul("r", k), 5, 1, 1)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void two_sums_and_a_factor_go() {
    afterConvolution((v, k) -> v.add("n", 0.7).add("s", k).mul("r", k), 5, 1, 1)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_constant_minus_the_convolution_keeps_the_sign() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> net.constant("k", 5, 1, 1).sub("r", v))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "subtract", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_number_minus_the_convolution_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> v.rsub("r", 0.8))
                    .batchNorm()
                    .sigmoid())
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_field_with_the_convolution_subtracted_goes() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> net.constant("k", 1, 5, 9, 7).sub("r", v))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "subtract", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_field_per_position_goes_and_the_field_is_widened() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> v.sub("r", net.constant("k", 9, 7)))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "subtract", "sigmoid")
        .equalOutputs();
  }

  @Test
  void numbers_go_like_constants() {
    afterConvolution((v, k) -> v.add("a", 0.5).mul("m", -2.0).sub("s", 0.25).div("d", 3.0), 1)
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_negation_goes() {
    afterConvolution((v, k) -> v.neg("r"), 1).leaves("conv2d", "sigmoid").equalOutputs();
  }

  @Test
  void a_decomposed_norm_goes_in_either_order() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(5, 3, Padding.SAME).apply(v -> written(net, v)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_decomposed_norm_goes_forward() {
    Fold.nchw(net -> net.image(3, 9, 7).apply(v -> written3(net, v)).conv(5, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  private static SDVariable written(Net net, SDVariable v) {
    return written(net, v, 5);
  }

  private static SDVariable written3(Net net, SDVariable v) {
    return written(net, v, 3);
  }

  /** (v − mean) / deviation · gamma + beta, constants on the left where it is commutative. */
  private static SDVariable written(Net net, SDVariable v, int channels) {
    SDVariable centred = v.sub("centred", net.constant("mean", channels, 1, 1));
    SDVariable normed = centred.div("normed", net.constant("deviation", 1, channels, 1, 1));
    SDVariable scaled = net.constant("gamma", 1, channels, 1, 1).mul("scaled", normed);
    return net.constant("beta", channels, 1, 1).add("shifted", scaled);
  }

  @Test
  void a_kept_decomposed_norm_absorbs_its_neighbour() {
    Fold.nchw(
            net -> net.image(3, 9, 7).sigmoid().apply(v -> written3(net, v)).batchNorm().sigmoid())
        .removes(1)
        .equalOutputs();
  }

  @Test
  void a_factor_between_two_walls_absorbs_the_norm_before_it() {
    Fold.nchw(net -> net.image(3, 9, 7).sigmoid().batchNorm().multiplyConstant().sigmoid())
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_factor_between_two_walls_absorbs_the_norm_behind_it() {
    Fold.nchw(net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid())
        .equalOutputs();
  }

  @Test
  void a_sum_before_a_factor_with_a_zero_absorbs_a_norm_between_two_walls() {
    Fold.of(
            Net.nchw(1),
            net ->
                net.image(3, 9, 7)
                    .sigmoid()
                    .addConstant()
                    .apply(v -> v.mul("factor", net.channelConstant(1.3, 0, -0.7)))
                    .batchNorm()
                    .sigmoid(),
            options -> options.keep("factor"))
        .equalOutputs();
  }

  @Test
  void a_divisor_between_two_walls_absorbs_a_norm_with_a_gamma_of_zero() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .sigmoid()
                    .apply(v -> v.div("divided", net.channelConstant(1.3, 2, -0.7)))
                    .batchNorm(Gamma.SOME_ZERO)
                    .sigmoid())
        .equalOutputs();
  }

  @Test
  void a_bias_addition_takes_the_shift() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> net.graph().nn().biasAdd("biased", v, net.weight("b", 5), true))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_bias_addition_on_a_cubic_input_keeps_its_axis() {
    Fold.nchw(
            net ->
                net.image(5, 5, 5)
                    .apply(v -> net.graph().nn().biasAdd("biased", v, net.weight("b", 5), true))
                    .batchNorm()
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_channels_last_bias_addition_takes_the_shift() {
    Fold.nhwc(
            net ->
                net.image(3, 5, 5)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> net.graph().nn().biasAdd("biased", v, net.weight("b", 5), false))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_twice_the_same_tensor() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              conv.add(conv).batchNorm().sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_tensor_minus_itself_takes_no_shift() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              conv.subtract(conv).batchNorm().sigmoid();
            })
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_sum_of_three_takes_the_norm_behind_it() {
    Fold.nchw(net -> merged(net, true)).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  @Test
  void an_average_of_three_takes_the_norm_behind_it() {
    Fold.nchw(net -> merged(net, false)).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  private static void merged(Net net, boolean sum) {
    Node x = net.image(3, 9, 7);
    SDVariable a = x.conv(5, 3, Padding.SAME).variable();
    SDVariable b = x.conv(5, 1, Padding.VALID).variable();
    x.conv(5, 3, Padding.SAME)
        .apply(
            v ->
                sum
                    ? net.graph().math().mergeAdd("merged", v, a, b)
                    : net.graph().math().mergeAvg("merged", v, a, b))
        .batchNorm()
        .sigmoid();
  }

  @Test
  void the_maximum_of_two_tensors_is_a_wall() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              SDVariable a = x.conv(5, 3, Padding.SAME).variable();
              x.conv(5, 1, Padding.VALID)
                  .apply(v -> net.graph().math().mergeMax("merged", v, a))
                  .batchNorm()
                  .sigmoid();
            })
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_one_channel_addend_ties_all_channels_to_one_scale() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              SDVariable single = x.conv(1, 3, Padding.SAME).variable();
              x.conv(5, 1, Padding.VALID).apply(v -> v.add("sum", single)).batchNorm().sigmoid();
            })
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_one_channel_addend_lets_the_shift_alone_through() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              SDVariable single = x.conv(1, 3, Padding.SAME).variable();
              x.conv(5, 1, Padding.VALID)
                  .addConstant()
                  .apply(v -> v.add("sum", single))
                  .addConstant()
                  .sigmoid();
            })
        .leaves("conv2d", "conv2d", "add", "sigmoid")
        .equalOutputs();
  }
}
