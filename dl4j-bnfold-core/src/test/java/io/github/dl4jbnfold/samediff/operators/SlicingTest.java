package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Concatenation, split, slice and strided slice, on the channel axis and on another. */
class SlicingTest {
  @Test
  void a_norm_goes_back_through_a_concatenation_of_channels() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.conv(4, 3, Padding.SAME).concat(x.conv(2, 1, Padding.VALID)).batchNorm().sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "concat", "sigmoid")
        .equalOutputs();
  }

  @Test
  void norms_before_a_concatenation_go_forward_slice_by_slice() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .concat(net.image(2, 9, 7).batchNorm())
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("concat", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_a_concatenation_of_rows() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              SDVariable other = x.conv(4, 1, Padding.VALID).variable();
              x.conv(4, 3, Padding.SAME)
                  .apply(v -> net.graph().concat("stacked", 2, v, other))
                  .batchNorm()
                  .sigmoid();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "concat", "sigmoid")
        .equalOutputs();
  }

  @Test
  void two_norms_do_not_go_forward_through_a_concatenation_of_rows() {
    Fold.nchw(
            net -> {
              SDVariable other = net.image(3, 9, 7).batchNorm().variable();
              net.image(3, 9, 7)
                  .batchNorm()
                  .apply(v -> net.graph().concat("stacked", 2, v, other))
                  .conv(4, 3, Padding.VALID);
            })
        .removes(1)
        .equalOutputs();
  }

  @Test
  void a_concatenation_with_a_constant_passes_no_shift_to_the_constant() {
    Fold.nchw(
            net -> {
              SDVariable token = net.constant("token", 2, 4, 1, 7);
              net.placeholder("x", 2, 3, 9, 7)
                  .conv(4, 3, Padding.SAME)
                  .apply(v -> net.graph().concat("joined", 2, token, v))
                  .batchNorm()
                  .sigmoid();
            })
        .equalOutputs();
  }

  @Test
  void a_concatenation_of_one_tensor_with_itself_passes_a_norm() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              conv.concat(conv).conv(4, 3, Padding.SAME).batchNorm().sigmoid();
            })
        .removesAll()
        .equalOutputs();
  }

  @Test
  void norms_behind_a_split_of_channels_go_back() {
    Fold.nchw(
            net -> {
              SDVariable[] halves =
                  net.graph()
                      .split(
                          new String[] {"left", "right"},
                          net.image(3, 9, 7).conv(6, 3, Padding.SAME).variable(),
                          2,
                          1);
              net.node(halves[0]).apply(3, v -> v).batchNorm(Gamma.MIXED, 1, 3, 1e-3).output();
              net.node(halves[1]).apply(3, v -> v).batchNorm(Gamma.MIXED, 1, 3, 1e-3).output();
            })
        .removesAll()
        .leaves("conv2d", "split")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_a_split_of_channels() {
    Fold.nchw(
            net -> {
              SDVariable[] halves =
                  net.graph()
                      .split(
                          new String[] {"left", "right"},
                          net.image(6, 9, 7).batchNorm().variable(),
                          2,
                          1);
              net.node(halves[0]).apply(3, v -> v).conv(4, 3, Padding.VALID).output();
              net.node(halves[1]).apply(3, v -> v).conv(5, 1, Padding.VALID).output();
            })
        .removesAll()
        .leaves("split", "conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void different_norms_behind_a_split_of_rows_conflict() {
    Fold.nchw(
            net -> {
              SDVariable[] halves =
                  net.graph()
                      .split(
                          new String[] {"upper", "lower"},
                          net.image(3, 8, 7).conv(6, 3, Padding.SAME).variable(),
                          2,
                          2);
              net.node(halves[0]).apply(6, v -> v).batchNorm(Gamma.MIXED, 1, 6, 1e-3).output();
              net.node(halves[1]).apply(6, v -> v).batchNorm(Gamma.MIXED, 1, 6, 1e-3).output();
            })
        .removes(1)
        .keeps("bn_1", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  private static Node sliced(Net net, int channels, Function<SDVariable, SDVariable> slice) {
    return net.image(3, 9, 7)
        .conv(6, 3, Padding.SAME)
        .apply(channels, slice)
        .batchNorm(Gamma.MIXED, 1, channels, 1e-3)
        .sigmoid();
  }

  @Test
  void a_norm_behind_a_slice_of_channels_goes_back() {
    Fold.nchw(
            net ->
                sliced(
                    net,
                    3,
                    v -> net.graph().slice("part", v, new int[] {0, 2, 0, 0}, -1, 3, -1, -1)))
        .removesAll()
        .leaves("conv2d", "slice", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_a_crop_goes_back() {
    Fold.nchw(
            net ->
                sliced(
                    net,
                    6,
                    v -> net.graph().slice("part", v, new int[] {0, 0, 1, 2}, -1, -1, 7, 3)))
        .removesAll()
        .leaves("conv2d", "slice", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_a_slice_of_channels() {
    Fold.nchw(
            net ->
                net.image(6, 9, 7)
                    .batchNorm()
                    .apply(
                        3, v -> net.graph().slice("part", v, new int[] {0, 2, 0, 0}, -1, 3, -1, -1))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("slice", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_every_second_channel_goes_back() {
    Fold.nchw(
            net ->
                sliced(
                    net,
                    3,
                    v ->
                        net.graph()
                            .stridedSlice(
                                "part",
                                v,
                                new long[] {0, 1, 0, 0},
                                new long[] {3, 6, 9, 7},
                                new long[] {1, 2, 1, 1},
                                1,
                                1,
                                0,
                                0,
                                0)))
        .removesAll()
        .leaves("conv2d", "strided_slice", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_every_second_row_goes_back() {
    Fold.nchw(
            net ->
                sliced(
                    net,
                    6,
                    v ->
                        net.graph()
                            .stridedSlice(
                                "part",
                                v,
                                new long[] {0, 0, 1, 0},
                                new long[] {3, 6, 9, 7},
                                new long[] {1, 1, 2, 1},
                                3,
                                3,
                                0,
                                0,
                                0)))
        .removesAll()
        .leaves("conv2d", "strided_slice", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_slice_that_drops_an_axis_keeps_its_function() {
    Fold.nchw(
            net ->
                net.placeholder("x", 2, 3, 9, 7)
                    .conv(6, 3, Padding.SAME)
                    .apply(
                        6,
                        v ->
                            net.graph()
                                .stridedSlice(
                                    "part",
                                    v,
                                    new long[] {0, 0, 4, 0},
                                    new long[] {2, 6, 5, 7},
                                    new long[] {1, 1, 1, 1},
                                    0,
                                    0,
                                    0,
                                    0,
                                    4))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3)
                    .sigmoid())
        .equalOutputs();
  }
}
