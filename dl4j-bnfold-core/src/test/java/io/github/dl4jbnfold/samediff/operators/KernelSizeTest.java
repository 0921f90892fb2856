package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * Convolutions that state no kernel size: the native operators take it from the first axes of the
 * weights, so these come in the format YXIO.
 */
class KernelSizeTest {
  private static Conv2DConfig.Conv2DConfigBuilder config(Net net) {
    return Conv2DConfig.builder()
        .sH(1)
        .sW(1)
        .paddingMode(PaddingMode.SAME)
        .dataFormat(net.channelsLast() ? "NHWC" : "NCHW");
  }

  private static Node conv(Net net, Node x, int out) {
    SDVariable weights = net.weight("W", 3, 2, x.channels(), out);
    return x.apply(out, v -> net.graph().cnn().conv2d(v, weights, config(net).build()));
  }

  @Test
  void a_norm_before_a_padded_convolution_becomes_a_map() {
    Fold.nchw(net -> conv(net, net.image(3, 9, 7).sigmoid().batchNorm(), 4).sigmoid())
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs();
  }

  @Test
  void a_norm_before_a_padded_convolution_stays_where_sizes_are_free() {
    Fold.nhwc(net -> conv(net, net.imageOfAnySize(3).sigmoid().batchNorm(), 4).sigmoid())
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_beside_a_convolution_is_a_tap_of_it() {
    Fold.nchw(
            net -> {
              Node x = net.imageOfAnySize(3).sigmoid();
              conv(net, x, 3).add(x.batchNorm()).sigmoid();
            })
        .removesAll()
        .repairs("IDENTITY_TAP")
        .equalOutputs();
  }

  @Test
  void a_norm_before_a_depthwise_convolution_becomes_a_map() {
    Fold.nhwc(
            net -> {
              SDVariable weights = net.weight("D", 3, 2, 3, 2);
              net.image(3, 9, 7)
                  .sigmoid()
                  .batchNorm()
                  .apply(6, v -> net.graph().cnn().depthWiseConv2d(v, weights, config(net).build()))
                  .sigmoid();
            })
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(
      value = PaddingMode.class,
      names = {"SAME", "CAUSAL"})
  void a_norm_before_a_padded_convolution_of_sequences_becomes_a_map(PaddingMode mode) {
    Fold.nchw(net -> conv1d(net, mode, 8)).removesAll().repairs("BORDER_MAP").equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(
      value = PaddingMode.class,
      names = {"SAME", "CAUSAL"})
  void a_norm_before_a_padded_convolution_of_free_length_stays(PaddingMode mode) {
    Fold.nchw(net -> conv1d(net, mode, -1))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  private static void conv1d(Net net, PaddingMode mode, long length) {
    Conv1DConfig config = Conv1DConfig.builder().s(1).paddingMode(mode).dataFormat("NCW").build();
    SDVariable weights = net.weight("W", 3, 4, 5);
    net.placeholder("x", -1, 4, length)
        .apply(4, v -> v)
        .sigmoid()
        .batchNorm(Gamma.MIXED, 1, 4, 1e-3)
        .apply(5, v -> net.graph().cnn().conv1d(v, weights, config));
  }
}
