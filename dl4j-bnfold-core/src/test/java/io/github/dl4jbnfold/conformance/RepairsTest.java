package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;

/** What a per-channel clamp, a bias map or an identity tap makes foldable. */
class RepairsTest {
  private static Fold both(boolean channelsLast, Consumer<Net> build) {
    return channelsLast ? Fold.nhwc(build) : Fold.nchw(build);
  }

  @ParameterizedTest
  @EnumSource(Gamma.class)
  void four_readers_of_one_convolution_all_lose_their_norm(Gamma gamma) {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 8, 7).conv(6, 3, Padding.VALID);
              for (int i = 0; i < 4; i++) {
                x.batchNorm(gamma).relu().conv(4, 3, Padding.VALID).output();
              }
            })
        .removesAll()
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_norm_behind_a_relu_makes_it_a_clamp_whose_padded_zero_is_its_own_zero(boolean last) {
    both(
            last,
            net -> {
              Node x = net.image(3, 8, 7);
              for (int i = 0; i < 8; i++) {
                x = x.conv(5, 3, Padding.SAME).relu().batchNorm();
              }
              x.conv(4, 3, Padding.SAME).output();
            })
        .removesAll()
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @EnumSource(Gamma.class)
  void every_activation_takes_the_norm_before_it_for_any_number_of_readers(Gamma gamma) {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 8, 7).conv(6, 3, Padding.VALID);
              x.batchNorm(gamma).relu().conv(4, 3, Padding.SAME).output();
              x.batchNorm(gamma).relu6().conv(4, 3, Padding.SAME).output();
              x.batchNorm(gamma).leakyRelu(0.2).conv(4, 3, Padding.SAME).output();
              x.batchNorm(gamma).leakyRelu(1.7).conv(4, 3, Padding.SAME).output();
              SDVariable alpha = net.graph().constant("alpha", net.gaussian(1, 6, 1, 1));
              x.batchNorm(gamma)
                  .apply(v -> net.graph().nn().prelu(v, alpha, 2, 3))
                  .conv(4, 3, Padding.SAME)
                  .output();
            })
        .removesAll()
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @EnumSource(Gamma.class)
  void a_shift_into_zero_padding_becomes_a_map(Gamma gamma) {
    for (boolean last : new boolean[] {false, true}) {
      both(
              last,
              net -> {
                Node x = net.image(3, 9, 7).batchNorm(gamma);
                x.conv(4, 3, Padding.SAME, 2, 1, true).output();
                x.conv(4, 3, Padding.of(2), 1, 2, false).output();
                x.depthwise(2, 3, Padding.SAME).output();
                x.deconv(4, 3, 2).output();
              })
          .removesAll()
          .equalOutputs()
          .isIdempotent();
    }
  }

  @ParameterizedTest
  @EnumSource(Gamma.class)
  void a_training_block_with_three_branches_becomes_one_convolution(Gamma gamma) {
    for (boolean last : new boolean[] {false, true}) {
      both(
              last,
              net -> {
                Node x = net.image(4, 8, 7);
                for (int i = 0; i < 3; i++) {
                  Node wide = x.conv(4, 3, Padding.SAME).batchNorm(gamma);
                  Node narrow = x.conv(4, 1, Padding.VALID).batchNorm(gamma);
                  x = wide.add(narrow).add(x.batchNorm(gamma)).relu();
                }
                x.output();
              })
          .removesAll()
          .leaves("conv2d", "relu", "conv2d", "relu", "conv2d", "relu")
          .equalOutputs()
          .isIdempotent();
    }
  }

  /** The ways to write a bias: an input of the convolution, or an addition of its own. */
  private static Node biased(Net net, Node x, int kernel, boolean biasAdd) {
    int out = 4;
    return x.conv(out, kernel, Padding.SAME)
        .apply(
            v ->
                biasAdd
                    ? net.graph().nn().biasAdd(v, net.weight("b", out), !net.channelsLast())
                    : v.add(net.channelConstant(net.gaussian(1, out).toDoubleVector())));
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void a_bias_that_is_an_addition_does_not_hinder_a_map(boolean last, boolean biasAdd) {
    both(last, net -> biased(net, net.image(3, 9, 7).sigmoid().batchNorm(), 3, biasAdd).sigmoid())
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void a_bias_that_is_an_addition_does_not_hinder_an_identity_tap(boolean last, boolean biasAdd) {
    both(
            last,
            net -> {
              Node x = net.imageOfAnySize(4).sigmoid();
              biased(net, x, 3, biasAdd).add(x.batchNorm()).sigmoid();
            })
        .removesAll()
        .repairs("IDENTITY_TAP")
        .leavesNo("batchnorm")
        .equalOutputs()
        .isIdempotent();
  }
}
