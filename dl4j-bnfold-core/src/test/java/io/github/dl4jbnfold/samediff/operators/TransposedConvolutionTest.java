package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;

/** Transposed convolutions: exact behind, the scale alone before. */
class TransposedConvolutionTest {
  @Test
  void deconv2d_with_a_kernel_of_two_sizes_takes_the_norm_behind_it() {
    Fold.nchw(net -> net.image(5, 6, 4).apply(7, v -> deconv2d(net, v, false)).batchNorm())
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void deconv2d_in_same_mode_takes_the_norm_behind_it() {
    Fold.nhwc(net -> net.image(5, 6, 4).apply(7, v -> deconv2d(net, v, true)).batchNorm())
        .removesAll()
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void deconv2d_takes_a_factor_before_it() {
    Fold.nchw(net -> net.image(5, 6, 4).multiplyConstant().apply(7, v -> deconv2d(net, v, true)))
        .leaves("deconv2d")
        .equalOutputs();
  }

  @Test
  void deconv2d_does_not_take_a_norm_before_it() {
    Fold.weightsOnly(net -> net.image(5, 6, 4).batchNorm().apply(7, v -> deconv2d(net, v, false)))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void deconv2d_leaves_the_norm_before_it_to_the_producer() {
    Fold.nchw(
            net ->
                net.image(5, 6, 4)
                    .conv(5, 3, Padding.SAME)
                    .batchNorm()
                    .apply(7, v -> deconv2d(net, v, false)))
        .removesAll()
        .leaves("conv2d", "deconv2d")
        .equalOutputs();
  }

  private static SDVariable deconv2d(Net net, SDVariable v, boolean same) {
    DeConv2DConfig config =
        DeConv2DConfig.builder()
            .kH(3)
            .kW(2)
            .sH(2)
            .sW(1)
            .isSameMode(same)
            .dataFormat(net.channelsLast() ? DeConv2DConfig.NHWC : DeConv2DConfig.NCHW)
            .build();
    return net.graph()
        .cnn()
        .deconv2d("deconv", v, net.weight("W", 3, 2, 7, 5), net.weight("b", 7), config);
  }

  @Test
  void deconv3d_takes_the_norm_behind_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 3, 4, 5, 3)
                    .apply(6, v -> deconv3d(net, v, DeConv3DConfig.NCDHW))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removesAll()
        .leaves("deconv3d")
        .equalOutputs();
  }

  @Test
  void deconv3d_channels_last_takes_the_norm_behind_it() {
    Fold.nhwc(
            net ->
                net.placeholder("x", -1, 4, 5, 3, 3)
                    .apply(6, v -> deconv3d(net, v, DeConv3DConfig.NDHWC))
                    .batchNorm(Gamma.MIXED, 4, 6, 1e-3))
        .removesAll()
        .leaves("deconv3d")
        .equalOutputs();
  }

  @Test
  void deconv3d_does_not_take_a_norm_before_it() {
    Fold.weightsOnly(
            net ->
                net.placeholder("x", -1, 3, 4, 5, 3)
                    .apply(3, v -> v)
                    .batchNorm(Gamma.MIXED, 1, 3, 1e-3)
                    .apply(6, v -> deconv3d(net, v, DeConv3DConfig.NCDHW)))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  private static SDVariable deconv3d(Net net, SDVariable v, String format) {
    DeConv3DConfig config =
        DeConv3DConfig.builder().kD(2).kH(3).kW(2).sD(2).sH(1).sW(1).dataFormat(format).build();
    return net.graph()
        .cnn()
        .deconv3d("deconv", v, net.weight("W", 2, 3, 2, 6, 3), net.weight("b", 6), config);
  }
}
