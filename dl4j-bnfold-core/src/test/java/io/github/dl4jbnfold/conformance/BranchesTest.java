package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;

/** Forks, sums, concatenations and residual networks. */
class BranchesTest {
  @Test
  void a_norm_goes_into_both_convolutions_behind_it() {
    Fold.nchw(
            net -> {
              Node norm = net.image(3, 9, 7).batchNorm();
              norm.conv(4, 3, Padding.VALID).output();
              norm.conv(5, 1, Padding.VALID).output();
            })
        .removesAll()
        .leaves("conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_stays_that_a_convolution_and_a_sigmoid_read() {
    Fold.nchw(
            net -> {
              Node norm = net.image(3, 9, 7).batchNorm();
              norm.conv(4, 3, Padding.VALID).output();
              norm.sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_concatenation_is_split_between_the_convolutions() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME).concat(x.conv(5, 1, Padding.VALID)).batchNorm().sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "concat", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_channels_last_concatenation_is_split_in_order() {
    Fold.nhwc(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME)
                  .concat(x.conv(5, 1, Padding.VALID), x.conv(2, 3, Padding.SAME))
                  .batchNorm()
                  .sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "conv2d", "concat", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_concatenation_with_the_input_does_not_go_back() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME).concat(x).batchNorm().sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_concatenation_with_the_input_goes_forward() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME).concat(x).batchNorm().conv(5, 3, Padding.VALID);
            })
        .removesAll()
        .leaves("conv2d", "concat", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_sum_scales_both_convolutions_and_shifts_one() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME).add(x.conv(4, 1, Padding.VALID)).batchNorm().sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_difference_goes_into_both_convolutions() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME)
                  .subtract(x.conv(4, 1, Padding.VALID))
                  .batchNorm()
                  .sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "subtract", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_sum_with_an_activation_stays() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME)
                  .add(x.conv(4, 1, Padding.VALID).sigmoid())
                  .batchNorm()
                  .sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_sum_with_a_channel_constant_goes() {
    Fold.nchw(
            net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME).addConstant().batchNorm().sigmoid())
        .removesAll()
        .leaves("conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_sum_with_a_position_table_goes() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> v.add("sum", net.constant("table", 1, 4, 9, 7)))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void the_norm_inside_a_residual_branch_goes_back_into_its_convolution() {
    Fold.nchw(
            net -> {
              Node x = net.image(4, 9, 7);
              x.add(x.conv(4, 3, Padding.SAME).batchNorm()).sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_convolution_that_reads_and_writes_the_same_sum_takes_no_norm_of_it() {
    Fold.nchw(
            net -> {
              Node x = net.image(4, 9, 7);
              x.add(x.conv(4, 3, Padding.SAME)).batchNorm().sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

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
  void a_norm_that_goes_forward_through_a_sum_shifts_its_other_addend_too() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              Node shortcut = x.conv(4, 1, Padding.VALID);
              x.conv(4, 3, Padding.SAME)
                  .sigmoid()
                  .batchNorm()
                  .add(shortcut)
                  .conv(5, 3, Padding.VALID);
            })
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_conditional_between_convolution_and_norm_is_a_wall() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .dense(4)
                    .applyFlat(
                        4,
                        v ->
                            net.graph()
                                .ifCond(
                                    "either",
                                    null,
                                    sd -> v.sum().gt(0.0),
                                    sd -> v.add(1.0),
                                    sd -> v.mul(2.0)))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }
}
