package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A 1×1 convolution beside a k×k convolution of the same tensor. Theory, section 5. */
class ParallelConvolutionTest {
  private static void bothFormats(Consumer<Net> build, String... left) {
    for (Fold fold : new Fold[] {Fold.nchw(build), Fold.nhwc(build), Fold.weightsOnly(build)}) {
      fold.removesAll().repairs("POINT_MERGE").leaves(left).equalOutputs().isIdempotent();
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 1, 1", "3, 2, 1, 1", "5, 2, 2, 1", "3, 1, 2, 2"})
  void it_becomes_the_tap_that_reads_the_same_position(
      int k, int stride, int padding, int dilation) {
    bothFormats(
        net -> {
          Node x = net.image(3, 12, 11);
          Node wide = x.conv(4, k, Padding.of(padding), stride, dilation, true).batchNorm();
          Node narrow = x.conv(4, 1, Padding.VALID, stride, 1, false).batchNorm();
          wide.add(narrow).sigmoid().output();
        },
        "conv2d",
        "sigmoid");
  }

  @Test
  void several_are_taken_over_and_so_is_a_difference() {
    bothFormats(
        net -> {
          Node x = net.image(3, 9, 8);
          Node wide = x.conv(4, 3, Padding.SAME).batchNorm();
          Node first = x.conv(4, 1, Padding.VALID).batchNorm();
          Node second = x.conv(4, 1, Padding.VALID, 1, 1, true).batchNorm();
          wide.add(first).subtract(second).sigmoid().output();
        },
        "conv2d",
        "sigmoid");
  }

  @Test
  void a_depthwise_one_is_taken_over_by_a_depthwise_one() {
    bothFormats(
        net -> {
          Node x = net.image(3, 9, 8);
          Node wide = x.depthwise(2, 3, Padding.SAME).batchNorm();
          wide.add(x.depthwise(2, 1, Padding.VALID).batchNorm()).sigmoid().output();
        },
        "depthwise_conv2d",
        "sigmoid");
  }

  @Test
  void an_identity_and_a_point_go_into_one_kernel() {
    for (boolean last : new boolean[] {false, true}) {
      Consumer<Net> block =
          net -> {
            Node x = net.image(4, 9, 8).sigmoid();
            Node wide = x.conv(4, 3, Padding.SAME).batchNorm();
            Node narrow = x.conv(4, 1, Padding.VALID).batchNorm();
            x.batchNorm().add(narrow).add(wide).sigmoid().output();
          };
      (last ? Fold.nhwc(block) : Fold.nchw(block))
          .removesAll()
          .repairs("POINT_MERGE", "IDENTITY_TAP")
          .leaves("sigmoid", "conv2d", "sigmoid")
          .equalOutputs()
          .isIdempotent();
    }
  }

  @Test
  void convolutions_that_no_norm_joins_are_left_alone() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 8);
              Node sum = x.conv(4, 3, Padding.SAME).add(x.conv(4, 1, Padding.VALID));
              sum.sigmoid().output();
            })
        .repairs()
        .leaves("conv2d", "conv2d", "add", "sigmoid")
        .equalOutputs();
  }

  @Test
  void one_that_something_else_reads_stays() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 8);
              Node narrow = x.conv(4, 1, Padding.VALID).batchNorm();
              x.conv(4, 3, Padding.SAME).batchNorm().add(narrow).sigmoid().output();
              narrow.sigmoid().output();
            })
        .removesAll()
        .repairs()
        .leaves("conv2d", "conv2d", "add", "sigmoid", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void one_of_another_tensor_or_another_stride_stays() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 8);
              Node y = x.sigmoid();
              Node other = y.conv(4, 1, Padding.VALID).batchNorm();
              x.conv(4, 3, Padding.SAME).batchNorm().add(other).sigmoid().output();
            })
        .removesAll()
        .repairs()
        .equalOutputs()
        .isIdempotent();
  }
}
