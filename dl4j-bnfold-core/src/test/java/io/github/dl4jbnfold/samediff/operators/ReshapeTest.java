package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ops.custom.Flatten;
import org.nd4j.linalg.api.ops.impl.shape.Flatten2D;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operators that move elements and keep their order, and those that change it. A transposed matrix
 * is not among them: in 1.0.0-M2.1 it is a view of an array that the session hands to the next
 * operator, so every second call gives other outputs, folded or not.
 */
class ReshapeTest {
  @Test
  void a_norm_goes_back_through_joining_height_and_width() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> v.reshape(-1, 6, 20))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "reshape", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_a_channels_last_reshape() {
    Fold.nhwc(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> v.reshape(-1, 20, 6))
                    .batchNorm(Gamma.MIXED, 2, 6, 1e-3)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "reshape", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_does_not_go_through_a_reshape_that_mixes_channels_and_positions() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> v.reshape(-1, 5, 24))
                    .batchNorm(Gamma.MIXED, 1, 5, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_flattened_image_and_back() {
    Fold.nchw(
            net ->
                net.image(6, 4, 5)
                    .batchNorm()
                    .applyFlat(120, v -> v.reshape(-1, 120))
                    .apply(6, v -> v.reshape(-1, 6, 4, 5))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_flatten_2d() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .batchNorm()
                    .applyFlat(60, v -> new Flatten2D(net.graph(), v, 1).outputVariable())
                    .dense(4))
        .removesAll()
        .leaves("flatten_2d", "xw_plus_b")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_flatten_into_one_row() {
    Fold.nchw(
            net ->
                net.placeholder("x", 1, 3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .batchNorm()
                    .apply(1, v -> new Flatten(net.graph(), 'c', v).outputVariable())
                    .apply(1, v -> net.graph().nn().sigmoid("end", v)))
        .removesAll()
        .leaves("conv2d", "flatten", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_flattening_in_fortran_order_keeps_its_function() {
    Fold.nchw(
            net ->
                net.placeholder("x", 1, 3, 4, 5)
                    .batchNorm()
                    .apply(1, v -> new Flatten(net.graph(), 'f', v).outputVariable())
                    .applyFlat(60, v -> v.reshape(1, 60))
                    .dense(4))
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_change_of_format_and_back() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .batchNorm()
                    .apply(v -> v.permute(0, 2, 3, 1))
                    .apply(v -> v.permute(0, 3, 1, 2))
                    .conv(6, 3, Padding.VALID))
        .removesAll()
        .leaves("permute", "permute", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_a_permutation() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> v.permute(0, 2, 3, 1))
                    .batchNorm(Gamma.MIXED, 3, 6, 1e-3)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "permute", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_on_an_axis_that_a_permutation_moved_stays() {
    Fold.nchw(
            net ->
                net.image(3, 6, 6)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> v.permute(0, 2, 3, 1))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_a_permutation_given_as_a_constant() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(
                        v ->
                            net.graph()
                                .permute(
                                    v,
                                    net.graph()
                                        .constant("order", Nd4j.createFromArray(0, 2, 3, 1))))
                    .batchNorm(Gamma.MIXED, 3, 6, 1e-3)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "permute", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_squeezing_and_expanding() {
    Fold.nchw(
            net ->
                net.image(3, 1, 5)
                    .conv(6, 1, Padding.SAME)
                    .apply(v -> net.graph().squeeze("narrow", v, 2))
                    .apply(v -> net.graph().expandDims("wide", v, 1))
                    .batchNorm(Gamma.MIXED, 2, 6, 1e-3)
                    .sigmoid())
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_channel_shuffle() {
    Fold.nchw(net -> shuffled(net).sigmoid()).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_a_channel_shuffle() {
    Fold.nchw(net -> shuffle(net, net.image(6, 4, 5).batchNorm(), 3).conv(4, 3, Padding.VALID))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_channels_last_shuffle() {
    Fold.nhwc(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(6, v -> v.reshape(-1, 4, 5, 2, 3))
                    .apply(6, v -> v.permute(0, 1, 2, 4, 3))
                    .apply(6, v -> v.reshape(-1, 4, 5, 6))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  private static Node shuffled(Net net) {
    return shuffle(net, net.image(3, 4, 5).conv(6, 3, Padding.SAME), 2).batchNorm();
  }

  private static Node shuffle(Net net, Node node, int groups) {
    return node.apply(v -> v.reshape(-1, groups, 6 / groups, 4, 5))
        .apply(v -> v.permute(0, 2, 1, 3, 4))
        .apply(v -> v.reshape(-1, 6, 4, 5));
  }

  @Test
  void a_norm_behind_a_reversal_of_channels_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(6, 3, Padding.SAME)
                    .apply(v -> net.graph().reverse("reversed", v, 1))
                    .batchNorm()
                    .sigmoid())
        .equalOutputs();
  }
}
