package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** Convolutions of one, two and three dimensions, depthwise and separable. */
class ConvolutionTest {
  @Test
  void conv1d_takes_the_norm_behind_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 4, 11)
                    .apply(6, v -> conv1d(net, v, conv1d(Conv1DConfig.NCW), false))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removesAll()
        .leaves("conv1d")
        .equalOutputs();
  }

  @Test
  void conv1d_channels_last_takes_the_norm_behind_it() {
    Fold.nhwc(
            net ->
                net.placeholder("x", -1, 11, 4)
                    .apply(6, v -> conv1d(net, v, conv1d(Conv1DConfig.NWC), true))
                    .batchNorm(Gamma.MIXED, 2, 6, 1e-3))
        .removesAll()
        .leaves("conv1d")
        .equalOutputs();
  }

  @Test
  void conv1d_with_stride_and_dilation_takes_the_norm_behind_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 4, 11)
                    .apply(6, v -> conv1d(net, v, conv1d(Conv1DConfig.NCW).s(2).d(2), true))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removesAll()
        .leaves("conv1d")
        .equalOutputs();
  }

  @Test
  void causal_conv1d_takes_the_norm_behind_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 4, 11)
                    .apply(
                        6,
                        v ->
                            conv1d(
                                net,
                                v,
                                conv1d(Conv1DConfig.NCW).d(2).paddingMode(PaddingMode.CAUSAL),
                                true))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removesAll()
        .leaves("conv1d")
        .equalOutputs();
  }

  @Test
  void conv1d_without_padding_takes_the_norm_before_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 4, 11)
                    .apply(4, v -> v)
                    .batchNorm(Gamma.MIXED, 1, 4, 1e-3)
                    .apply(6, v -> conv1d(net, v, conv1d(Conv1DConfig.NCW), false)))
        .removesAll()
        .leaves("conv1d")
        .equalOutputs();
  }

  @Test
  void causal_conv1d_takes_a_factor_before_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 4, 11)
                    .apply(4, v -> v.mul("scaled", net.constant("k", 4, 1)))
                    .apply(
                        6,
                        v ->
                            conv1d(
                                net,
                                v,
                                conv1d(Conv1DConfig.NCW).paddingMode(PaddingMode.CAUSAL),
                                false)))
        .leaves("conv1d")
        .equalOutputs();
  }

  private static Conv1DConfig.Conv1DConfigBuilder conv1d(String format) {
    return Conv1DConfig.builder()
        .k(3)
        .s(1)
        .d(1)
        .p(0)
        .paddingMode(PaddingMode.VALID)
        .dataFormat(format);
  }

  private static SDVariable conv1d(
      Net net, SDVariable v, Conv1DConfig.Conv1DConfigBuilder config, boolean bias) {
    SDVariable weights = net.weight("W", 3, 4, 6);
    return bias
        ? net.graph().cnn().conv1d("conv", v, weights, net.weight("b", 6), config.build())
        : net.graph().cnn().conv1d("conv", v, weights, config.build());
  }

  @Test
  void conv2d_with_weights_in_OIYX_takes_the_norm_behind_it() {
    Fold.nchw(net -> conv2d(net, WeightsFormat.OIYX, 7, 5, 3, 2).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void conv2d_with_weights_in_OYXI_takes_the_norm_behind_it() {
    Fold.nhwc(net -> conv2d(net, WeightsFormat.OYXI, 7, 3, 2, 5).batchNorm())
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void conv2d_with_weights_in_OIYX_takes_the_norm_before_it() {
    Fold.nchw(
            net ->
                net.image(5, 9, 7)
                    .batchNorm()
                    .apply(7, v -> conv2d(net, v, WeightsFormat.OIYX, 7, 5, 3, 2)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void conv2d_with_weights_in_OYXI_takes_the_norm_before_it() {
    Fold.nchw(
            net ->
                net.image(5, 9, 7)
                    .batchNorm()
                    .apply(7, v -> conv2d(net, v, WeightsFormat.OYXI, 7, 3, 2, 5)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  private static Node conv2d(Net net, WeightsFormat format, long... shape) {
    return net.image(5, 9, 7).apply(7, v -> conv2d(net, v, format, shape));
  }

  private static SDVariable conv2d(Net net, SDVariable v, WeightsFormat format, long... shape) {
    return net.graph()
        .cnn()
        .conv2d("conv", v, net.weight("W", shape), config(net).weightsFormat(format).build());
  }

  /** A kernel of three by two. */
  private static Conv2DConfig.Conv2DConfigBuilder config(Net net) {
    return Conv2DConfig.builder()
        .kH(3)
        .kW(2)
        .sH(2)
        .sW(1)
        .dH(1)
        .dW(2)
        .paddingMode(PaddingMode.VALID)
        .dataFormat(net.channelsLast() ? Conv2DConfig.NHWC : Conv2DConfig.NCHW);
  }

  @Test
  void conv2d_with_weights_that_the_network_computes_takes_nothing() {
    Fold.nchw(
            net -> {
              SDVariable weights =
                  net.placeholder("w", 3, 2, 5, 7).apply(v -> v.mul("halved", 0.5)).variable();
              net.image(5, 9, 7)
                  .apply(7, v -> net.graph().cnn().conv2d("conv", v, weights, config(net).build()))
                  .batchNorm()
                  .sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void depthwise_conv2d_in_YXIO_takes_the_norms_on_both_sides() {
    Fold.nhwc(net -> net.image(5, 9, 7).batchNorm().apply(10, v -> depthwise(net, v)).batchNorm())
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  private static SDVariable depthwise(Net net, SDVariable v) {
    return net.graph()
        .cnn()
        .depthWiseConv2d(
            "depthwise",
            v,
            net.weight("W", 3, 2, 5, 2),
            net.weight("b", 10),
            config(net).sH(1).sW(1).dH(1).dW(1).build());
  }

  @Test
  void sconv2d_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(5, 9, 7).apply(7, v -> separable(net, v, true)).batchNorm())
        .removesAll()
        .leaves("sconv2d")
        .equalOutputs();
  }

  @Test
  void sconv2d_without_bias_takes_the_norms_on_both_sides() {
    Fold.nhwc(
            net ->
                net.image(5, 9, 7).batchNorm().apply(7, v -> separable(net, v, false)).batchNorm())
        .removesAll()
        .leaves("sconv2d")
        .equalOutputs();
  }

  private static SDVariable separable(Net net, SDVariable v, boolean bias) {
    SDVariable depth = net.weight("D", 3, 2, 5, 2);
    SDVariable point = net.weight("P", 1, 1, 10, 7);
    Conv2DConfig config = config(net).sH(1).sW(1).dH(1).dW(1).build();
    return bias
        ? net.graph()
            .cnn()
            .separableConv2d("separable", v, depth, point, net.weight("b", 7), config)
        : net.graph().cnn().separableConv2d("separable", v, depth, point, config);
  }

  @Test
  void conv3d_takes_the_norm_behind_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 3, 5, 6, 4)
                    .apply(7, v -> conv3d(net, v, Conv3DConfig.NCDHW, PaddingMode.SAME))
                    .batchNorm(Gamma.MIXED, 1, 7, 1e-3))
        .removesAll()
        .leaves("conv3dnew")
        .equalOutputs();
  }

  @Test
  void conv3d_channels_last_takes_the_norm_behind_it() {
    Fold.nhwc(
            net ->
                net.placeholder("x", -1, 5, 6, 4, 3)
                    .apply(7, v -> conv3d(net, v, Conv3DConfig.NDHWC, PaddingMode.VALID))
                    .batchNorm(Gamma.MIXED, 4, 7, 1e-3))
        .removesAll()
        .leaves("conv3dnew")
        .equalOutputs();
  }

  @Test
  void conv3d_without_padding_takes_the_norm_before_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 3, 5, 6, 4)
                    .apply(3, v -> v)
                    .batchNorm(Gamma.MIXED, 1, 3, 1e-3)
                    .apply(7, v -> conv3d(net, v, Conv3DConfig.NCDHW, PaddingMode.VALID)))
        .removesAll()
        .leaves("conv3dnew")
        .equalOutputs();
  }

  private static SDVariable conv3d(Net net, SDVariable v, String format, PaddingMode mode) {
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(2)
            .kH(3)
            .kW(2)
            .sD(1)
            .sH(2)
            .sW(1)
            .dD(1)
            .dH(1)
            .dW(1)
            .paddingMode(mode)
            .dataFormat(format)
            .build();
    return net.graph().cnn().conv3d("conv", v, net.weight("W", 2, 3, 2, 3, 7), config);
  }
}
