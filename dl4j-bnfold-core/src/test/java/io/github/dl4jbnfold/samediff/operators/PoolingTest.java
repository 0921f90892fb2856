package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;

/** Maximum and average pooling, padded and not. */
class PoolingTest {
  private static Pooling2DConfig.Pooling2DConfigBuilder window(Net net, int padding) {
    return Pooling2DConfig.builder()
        .kH(3)
        .kW(2)
        .sH(2)
        .sW(1)
        .pH(padding)
        .pW(padding)
        .isNHWC(net.channelsLast());
  }

  private static SDVariable average(
      Net net, SDVariable v, Pooling2DConfig.Pooling2DConfigBuilder config) {
    return net.graph().cnn().avgPooling2d("pool", v, config.build());
  }

  private static SDVariable max(
      Net net, SDVariable v, Pooling2DConfig.Pooling2DConfigBuilder config) {
    return net.graph().cnn().maxPooling2d("pool", v, config.build());
  }

  @Test
  void a_norm_goes_back_through_an_average() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> average(net, v, window(net, 0)))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "avgpool2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_padded_average_that_does_not_count_padding() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(
                        v ->
                            average(
                                net, v, window(net, 1).divisor(Pooling2D.Divisor.EXCLUDE_PADDING)))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_shift_does_not_go_forward_through_a_padded_average_that_counts_padding() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(
                        v ->
                            average(
                                net, v, window(net, 1).divisor(Pooling2D.Divisor.INCLUDE_PADDING)))
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_scale_goes_through_a_padded_average_that_counts_padding() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .multiplyConstant()
                    .apply(
                        v ->
                            average(
                                net, v, window(net, 1).divisor(Pooling2D.Divisor.INCLUDE_PADDING)))
                    .conv(4, 3, Padding.SAME))
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_an_unpadded_average_that_would_count_padding() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(
                        v ->
                            average(
                                net, v, window(net, 0).divisor(Pooling2D.Divisor.INCLUDE_PADDING)))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_an_average_in_same_mode_that_does_not_count_padding() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(
                        v ->
                            average(
                                net,
                                v,
                                window(net, 0)
                                    .paddingMode(PaddingMode.SAME)
                                    .divisor(Pooling2D.Divisor.EXCLUDE_PADDING)))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_positive_norm_goes_through_a_padded_maximum() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .batchNorm(Gamma.POSITIVE)
                    .apply(v -> max(net, v, window(net, 1)))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("maxpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_positive_norm_goes_through_a_maximum_in_same_mode() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm(Gamma.POSITIVE)
                    .apply(v -> max(net, v, window(net, 0).paddingMode(PaddingMode.SAME)))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("maxpool2d", "conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(Pooling2D.Divisor.class)
  void a_norm_goes_back_through_a_dilated_average(Pooling2D.Divisor divisor) {
    Fold.nchw(
            net ->
                net.imageOfAnySize(3)
                    .conv(5, 3, Padding.VALID)
                    .apply(v -> average(net, v, window(net, 0).dH(2).dW(3).divisor(divisor)))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "avgpool2d", "sigmoid")
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(Pooling2D.Divisor.class)
  void a_factor_goes_through_a_dilated_padded_average(Pooling2D.Divisor divisor) {
    Fold.nhwc(
            net ->
                net.imageOfAnySize(3)
                    .multiplyConstant()
                    .apply(v -> average(net, v, window(net, 1).dH(2).dW(2).divisor(divisor)))
                    .conv(4, 1, Padding.VALID))
        .leaves("avgpool2d", "conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(Pooling2D.Divisor.class)
  void a_norm_before_a_dilated_average_in_same_mode_keeps_its_function(Pooling2D.Divisor divisor) {
    Fold.nchw(
            net ->
                net.imageOfAnySize(3)
                    .sigmoid()
                    .batchNorm()
                    .apply(
                        v ->
                            average(
                                net,
                                v,
                                window(net, 0)
                                    .dH(2)
                                    .dW(2)
                                    .paddingMode(PaddingMode.SAME)
                                    .divisor(divisor)))
                    .conv(4, 1, Padding.VALID))
        .equalOutputs();
  }

  @Test
  void a_positive_norm_goes_through_a_dilated_padded_maximum() {
    Fold.nchw(
            net ->
                net.imageOfAnySize(3)
                    .batchNorm(Gamma.POSITIVE)
                    .apply(v -> max(net, v, window(net, 1).dH(2).dW(2)))
                    .conv(4, 1, Padding.VALID))
        .removesAll()
        .leaves("maxpool2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_negative_scale_does_not_go_back_through_a_maximum() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> max(net, v, window(net, 0)))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SIGN_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_linear_reader_of_opposite_sign_behind_one_maximum_adapts() {
    Fold.weightsOnly(
            net -> {
              var pooled =
                  net.image(3, 9, 7)
                      .conv(4, 3, Padding.SAME)
                      .apply(v -> max(net, v, window(net, 0)));
              pooled.batchNorm(Gamma.POSITIVE).sigmoid().output();
              pooled
                  .batchNorm(
                      new double[] {-0.5, -2, -1.5, -0.7}, new double[] {1, 0.6, 0.4, 1.7}, 1, 1e-3)
                  .conv(4, 1, Padding.VALID)
                  .relu()
                  .batchNorm(Gamma.POSITIVE)
                  .sigmoid()
                  .output();
            })
        .removes(2)
        .keeps("bn_2", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void readers_of_opposite_sign_behind_one_maximum_conflict() {
    Fold.weightsOnly(
            net -> {
              var pooled =
                  net.image(3, 9, 7)
                      .conv(2, 3, Padding.SAME)
                      .apply(v -> max(net, v, window(net, 0)));
              double[] variance = {1, 0.6};
              pooled.batchNorm(new double[] {0.5, 0.8}, variance, 1, 1e-3).sigmoid().output();
              pooled.batchNorm(new double[] {-0.5, -2}, variance, 1, 1e-3).sigmoid().output();
            })
        .removes(1)
        .keeps("bn_1", Reason.SIGN_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_pooling_in_three_dimensions() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 3, 4, 5, 6)
                    .apply(3, v -> v)
                    .batchNorm(Gamma.POSITIVE, 1, 3, 1e-3)
                    .apply(v -> net.graph().cnn().avgPooling3d("average", v, cube(true)))
                    .apply(v -> net.graph().cnn().maxPooling3d("maximum", v, cube(true)))
                    .apply(3, v -> v.mean("mean", 2, 3, 4))
                    .apply(5, v -> v.mmul("product", net.weight("W", 3, 5))))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_channels_last_pooling_in_three_dimensions() {
    Fold.nhwc(
            net ->
                net.placeholder("x", -1, 4, 5, 6, 3)
                    .apply(3, v -> v)
                    .batchNorm(Gamma.POSITIVE, 4, 3, 1e-3)
                    .apply(v -> net.graph().cnn().avgPooling3d("average", v, cube(false)))
                    .apply(v -> net.graph().cnn().maxPooling3d("maximum", v, cube(false)))
                    .apply(3, v -> v.mean("mean", 1, 2, 3))
                    .apply(5, v -> v.mmul("product", net.weight("W", 3, 5))))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  private static Pooling3DConfig cube(boolean channelsFirst) {
    return Pooling3DConfig.builder()
        .kD(2)
        .kH(2)
        .kW(2)
        .sD(1)
        .sH(1)
        .sW(1)
        .isNCDHW(channelsFirst)
        .build();
  }
}
