package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.verify.FoldingException;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * Weights in other formats. The Java configurations of 1.0.0-M2.1 pass one on for conv2d and
 * sconv2d alone; graphs of other origin carry it as the last integer argument.
 */
class WeightFormatTest {
  private static final int OIYX = 1;
  private static final int OYXI = 2;

  private static SDVariable in(int format, SDVariable result) {
    ((DynamicCustomOp) result.getSameDiff().getVariableOutputOp(result.name()))
        .addIArgument(format);
    return result;
  }

  @Test
  void conv1d_with_weights_in_another_format_does_not_run_at_all() {
    // The native operator of 1.0.0-M2.1 fails on its own reshaped weights.
    assertThatThrownBy(() -> Fold.nchw(net -> conv1d(net, OIYX, 6, 4, 3)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("does not run");
  }

  private static Node conv1d(Net net, int format, long... shape) {
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(3)
            .s(1)
            .d(1)
            .paddingMode(PaddingMode.VALID)
            .dataFormat(Conv1DConfig.NCW)
            .build();
    return net.placeholder("x", -1, 4, 11)
        .apply(4, v -> v)
        .batchNorm(Gamma.MIXED, 1, 4, 1e-3)
        .apply(
            6, v -> in(format, net.graph().cnn().conv1d("conv", v, net.weight("W", shape), config)))
        .batchNorm(Gamma.MIXED, 1, 6, 1e-3);
  }

  @Test
  void conv3d_with_weights_in_OIZYX_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> conv3d(net, OIYX, 7, 3, 2, 3, 2))
        .removesAll()
        .leaves("conv3dnew")
        .equalOutputs();
  }

  @Test
  void conv3d_with_weights_in_OZYXI_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> conv3d(net, OYXI, 7, 2, 3, 2, 3))
        .removesAll()
        .leaves("conv3dnew")
        .equalOutputs();
  }

  private static Node conv3d(Net net, int format, long... shape) {
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(2)
            .kH(3)
            .kW(2)
            .sD(1)
            .sH(1)
            .sW(1)
            .paddingMode(PaddingMode.VALID)
            .dataFormat(Conv3DConfig.NCDHW)
            .build();
    return net.placeholder("x", -1, 3, 5, 6, 4)
        .apply(3, v -> v)
        .batchNorm(Gamma.MIXED, 1, 3, 1e-3)
        .apply(
            7, v -> in(format, net.graph().cnn().conv3d("conv", v, net.weight("W", shape), config)))
        .batchNorm(Gamma.MIXED, 1, 7, 1e-3);
  }

  @Test
  void depthwise_conv2d_with_weights_in_MIYX_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> depthwise(net, OIYX, 2, 5, 3, 2))
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  @Test
  void depthwise_conv2d_with_weights_in_MYXI_takes_the_norms_on_both_sides() {
    Fold.nhwc(net -> depthwise(net, OYXI, 2, 3, 2, 5))
        .removesAll()
        .leaves("depthwise_conv2d")
        .equalOutputs();
  }

  private static Node depthwise(Net net, int format, long... shape) {
    return net.image(5, 9, 7)
        .batchNorm()
        .apply(
            10,
            v ->
                in(
                    format,
                    net.graph()
                        .cnn()
                        .depthWiseConv2d(
                            "conv", v, net.weight("W", shape), net.weight("b", 10), conv2d(net))))
        .batchNorm();
  }

  private static Conv2DConfig conv2d(Net net) {
    return Conv2DConfig.builder()
        .kH(3)
        .kW(2)
        .sH(1)
        .sW(1)
        .dH(1)
        .dW(1)
        .paddingMode(PaddingMode.VALID)
        .dataFormat(net.channelsLast() ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
        .build();
  }

  @Test
  void sconv2d_with_weights_in_OIYX_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> separable(net, WeightsFormat.OIYX, new long[] {2, 5, 3, 2}, 7, 10, 1, 1))
        .removesAll()
        .leaves("sconv2d")
        .equalOutputs();
  }

  @Test
  void sconv2d_with_weights_in_OYXI_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> separable(net, WeightsFormat.OYXI, new long[] {2, 3, 2, 5}, 7, 1, 1, 10))
        .removesAll()
        .leaves("sconv2d")
        .equalOutputs();
  }

  private static Node separable(Net net, WeightsFormat format, long[] depth, long... point) {
    Conv2DConfig config = conv2d(net);
    config.setWeightsFormat(format);
    return net.image(5, 9, 7)
        .batchNorm()
        .apply(
            7,
            v ->
                net.graph()
                    .cnn()
                    .separableConv2d(
                        "conv",
                        v,
                        net.weight("D", depth),
                        net.weight("P", point),
                        net.weight("b", 7),
                        config))
        .batchNorm();
  }

  @Test
  void deconv2d_with_weights_in_IOYX_takes_the_norm_behind_it() {
    Fold.nchw(net -> deconv2d(net, OIYX, 5, 7, 3, 2))
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void deconv2d_with_weights_in_IYXO_takes_the_norm_behind_it() {
    Fold.nhwc(net -> deconv2d(net, OYXI, 5, 3, 2, 7))
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  private static Node deconv2d(Net net, int format, long... shape) {
    DeConv2DConfig config =
        DeConv2DConfig.builder()
            .kH(3)
            .kW(2)
            .sH(2)
            .sW(1)
            .dataFormat(net.channelsLast() ? DeConv2DConfig.NHWC : DeConv2DConfig.NCHW)
            .build();
    return net.image(5, 6, 4)
        .multiplyConstant()
        .apply(
            7,
            v -> in(format, net.graph().cnn().deconv2d("conv", v, net.weight("W", shape), config)))
        .batchNorm();
  }

  @Test
  void deconv3d_with_weights_in_IOZYX_takes_the_norm_behind_it() {
    Fold.nchw(net -> deconv3d(net, OIYX, 3, 6, 2, 3, 2))
        .removesAll()
        .leaves("deconv3d")
        .equalOutputs();
  }

  @Test
  void deconv3d_with_weights_in_IZYXO_takes_the_norm_behind_it() {
    Fold.nchw(net -> deconv3d(net, OYXI, 3, 2, 3, 2, 6))
        .removesAll()
        .leaves("deconv3d")
        .equalOutputs();
  }

  private static Node deconv3d(Net net, int format, long... shape) {
    DeConv3DConfig config =
        DeConv3DConfig.builder()
            .kD(2)
            .kH(3)
            .kW(2)
            .sD(2)
            .sH(1)
            .sW(1)
            .dataFormat(DeConv3DConfig.NCDHW)
            .build();
    return net.placeholder("x", -1, 3, 4, 5, 3)
        .apply(
            6,
            v -> in(format, net.graph().cnn().deconv3d("conv", v, net.weight("W", shape), config)))
        .batchNorm(Gamma.MIXED, 1, 6, 1e-3);
  }
}
