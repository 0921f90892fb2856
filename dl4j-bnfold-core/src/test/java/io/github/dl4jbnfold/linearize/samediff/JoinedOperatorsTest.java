package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** Branches, pools, paddings, slices and constants that go into a convolution. */
class JoinedOperatorsTest {
  private static Node biased(Node x, int out, int k, Padding padding, int stride) {
    return x.conv(out, k, padding, stride, 1, true);
  }

  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void an_identity_block_becomes_one_convolution(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node stem = biased(n.image(3, 7, 6), 4, 3, Padding.VALID, 1);
              Node deep = biased(stem.relu(), 6, 1, Padding.VALID, 1).relu();
              Node branch = deep.conv(4, 1, Padding.VALID, 1, 1, true);
              biased(branch.add(stem).relu(), 5, 2, Padding.VALID, 1).output();
            })
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_projection_block_with_stride_becomes_one_convolution(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node x = n.image(3, 9, 9).conv(4, 1, Padding.VALID).relu();
              Node deep = biased(x.conv(6, 1, Padding.VALID).relu(), 5, 3, Padding.of(1), 2);
              Node shortcut = biased(x, 5, 1, Padding.VALID, 2);
              deep.add(shortcut).relu().output();
            })
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_subsampling_shortcut_with_channels_of_zeros_is_a_branch(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node x = n.image(3, 8, 8).conv(4, 1, Padding.VALID).relu();
              Node deep = biased(x.conv(6, 1, Padding.VALID).relu(), 8, 3, Padding.of(1), 2);
              int[][] widths =
                  n.channelsLast()
                      ? new int[][] {{0, 0}, {0, 0}, {0, 0}, {1, 3}}
                      : new int[][] {{0, 0}, {1, 3}, {0, 0}, {0, 0}};
              Node shortcut =
                  x.maxPool(1, 2, 0)
                      .apply(
                          8,
                          v ->
                              n.graph()
                                  .nn
                                  .pad(v, n.graph().constant(Nd4j.createFromArray(widths)), 0));
              deep.add(shortcut).relu().output();
            })
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void average_pools_are_convolutions(Net net) {
    GatedGraph.of(
            net,
            n -> biased(n.image(3, 9, 8), 4, 2, Padding.VALID, 1).relu().avgPool(2, 2, 0).output())
        .linear()
        .leaves("conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void constants_on_channels_join_in(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        n.image(3, 9, 8)
                            .conv(4, 2, Padding.VALID)
                            .multiplyConstant()
                            .addConstant()
                            .relu(),
                        5,
                        1,
                        Padding.VALID,
                        1)
                    .apply(5, v -> v.mul(0.5).sub(0.25))
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void zero_padding_operators_join_in(Net net) {
    int[][] widths =
        net.channelsLast()
            ? new int[][] {{0, 0}, {1, 0}, {2, 1}, {0, 0}}
            : new int[][] {{0, 0}, {0, 0}, {1, 0}, {2, 1}};
    GatedGraph.of(
            net,
            n ->
                biased(
                        n.image(3, 9, 8)
                            .apply(
                                3,
                                v ->
                                    n.graph()
                                        .nn
                                        .pad(
                                            v,
                                            n.graph().constant(Nd4j.createFromArray(widths)),
                                            0)),
                        4,
                        3,
                        Padding.VALID,
                        1)
                    .relu()
                    .conv(4, 1, Padding.VALID)
                    .output())
        .linear()
        .leaves("pad", "conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void slices_of_positions_join_in(Net net) {
    long[] begin = net.channelsLast() ? new long[] {0, 1, 0, 0} : new long[] {0, 0, 1, 0};
    long[] end = net.channelsLast() ? new long[] {0, -2, 0, 0} : new long[] {0, 0, -2, 0};
    long[] steps = net.channelsLast() ? new long[] {1, 2, 3, 1} : new long[] {1, 1, 2, 3};
    int open = net.channelsLast() ? 0b1101 : 0b1011;
    GatedGraph.of(
            net,
            n ->
                biased(n.image(3, 12, 11), 4, 2, Padding.VALID, 1)
                    .relu()
                    .apply(
                        4, v -> n.graph().stridedSlice(v, begin, end, steps, open, open, 0, 0, 0))
                    .conv(5, 2, Padding.VALID)
                    .output())
        .linear()
        .leaves("strided_slice", "conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_bias_before_zero_padding_in_a_block_becomes_a_map(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node x = n.image(3, 6, 5).conv(4, 1, Padding.VALID).relu();
              Node deep = biased(biased(x, 5, 1, Padding.VALID, 1).relu(), 4, 3, Padding.SAME, 1);
              deep.add(x).relu().output();
            })
        .linear()
        .leaves("conv2d", "add")
        .equalOutputs()
        .trains();
  }
}
