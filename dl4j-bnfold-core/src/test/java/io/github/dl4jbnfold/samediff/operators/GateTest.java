package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Products of a tensor with a computed gate: squeeze and excitation, x times sigmoid(x). */
class GateTest {
  /** The gate of a squeeze-excitation block: pooling, two dense layers, sigmoid, [N, C, 1, 1]. */
  private static SDVariable gate(Net net, Node x, int channels) {
    return x.globalPool()
        .dense(2)
        .relu()
        .dense(channels)
        .sigmoid()
        .apply(
            v -> net.channelsLast() ? v.reshape(-1, 1, 1, channels) : v.reshape(-1, channels, 1, 1))
        .variable();
  }

  @Test
  void a_norm_before_a_gated_tensor_goes_back() {
    Fold.nchw(net -> gated(net, Gamma.MIXED)).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  @Test
  void a_norm_before_a_channels_last_gated_tensor_goes_back() {
    Fold.nhwc(net -> gated(net, Gamma.MIXED)).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  private static void gated(Net net, Gamma gamma) {
    Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm(gamma);
    SDVariable gate = gate(net, x, 4);
    x.apply(v -> v.mul("gated", gate)).conv(5, 1, Padding.VALID).batchNorm().sigmoid();
  }

  @Test
  void a_factor_goes_back_through_a_gate() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              SDVariable gate = gate(net, x, 4);
              x.apply(v -> v.mul("gated", gate)).multiplyConstant().sigmoid();
            })
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_shift_does_not_go_back_through_a_gate() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              SDVariable gate = gate(net, net.image(3, 9, 7), 4).mul("gate", 2.0);
              x.apply(v -> v.mul("gated", gate)).batchNorm().sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void the_norm_of_a_tensor_that_gates_itself_goes_back() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm();
              SDVariable gate = x.sigmoid().variable();
              x.apply(v -> v.mul("swish", gate)).conv(5, 3, Padding.SAME);
            })
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_square_stays() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> v.mul("squared", v))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_gate_of_one_channel_passes_a_factor() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              SDVariable mask = net.image(3, 9, 7).conv(1, 1, Padding.VALID).sigmoid().variable();
              x.apply(v -> v.mul("masked", mask)).multiplyConstant().sigmoid();
            })
        .leaves("conv2d", "conv2d", "sigmoid", "multiply", "sigmoid")
        .equalOutputs();
  }
}
