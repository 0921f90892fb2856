package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.junit.jupiter.api.Test;

/** Residual networks: many branches on one stream. */
class BranchesTest {
  @Test
  void norms_behind_every_residual_sum_go_when_stem_and_branches_are_linear() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              for (int i = 0; i < 3; i++) {
                x = x.add(x.conv(4, 3, Padding.SAME).relu().conv(4, 1, Padding.VALID));
              }
              x.batchNorm(Gamma.POSITIVE).globalPool().dense(5);
            })
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void all_norms_of_a_preactivation_network_go_although_its_convolutions_pad() {
    Fold.nchw(BranchesTest::preactivation)
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void all_norms_of_a_channels_last_preactivation_network_go() {
    Fold.nhwc(BranchesTest::preactivation).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  /** x + f(relu(norm(x))) three times, with zero padding, all scales positive. */
  private static void preactivation(Net net) {
    Node x = net.image(3, 9, 7).conv(6, 3, Padding.SAME);
    for (int i = 0; i < 3; i++) {
      Node inner = x.batchNorm(Gamma.POSITIVE).relu().conv(6, 3, Padding.SAME);
      x = x.add(inner.batchNorm(Gamma.POSITIVE).relu().conv(6, 3, Padding.SAME));
    }
    x.batchNorm(Gamma.POSITIVE).relu().globalPool().dense(5);
  }

  @Test
  void all_norms_of_a_postactivation_residual_network_go_with_scales_of_any_sign() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(6, 3, Padding.SAME).batchNorm().relu();
              for (int i = 0; i < 3; i++) {
                Node inner = x.conv(6, 3, Padding.SAME).batchNorm().relu();
                x = x.add(inner.conv(6, 3, Padding.SAME).batchNorm()).relu();
              }
              x.globalPool().dense(5);
            })
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
}
