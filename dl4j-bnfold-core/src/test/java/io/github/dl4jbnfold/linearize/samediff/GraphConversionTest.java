package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Convolutions of a gated graph, and what they become. */
class GraphConversionTest {
  private static Node biased(Node x, int out, int k, Padding padding, int stride) {
    return x.conv(out, k, padding, stride, 1, true);
  }

  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void unpadded_convolutions_become_one(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 9, 8), 5, 3, Padding.of(1), 2).relu(),
                        4,
                        2,
                        Padding.VALID,
                        1)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_point_convolution_without_bias_before_a_padded_one_becomes_one(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(n.image(3, 6, 5).conv(5, 1, Padding.VALID).relu(), 4, 3, Padding.SAME, 1)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_bias_before_zero_padding_becomes_a_map(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 6, 5), 5, 1, Padding.VALID, 1).relu(),
                        4,
                        3,
                        Padding.SAME,
                        1)
                    .output())
        .linear()
        .leaves("conv2d", "add")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void padded_convolutions_that_read_beyond_a_border_stay_apart(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 6, 5), 5, 3, Padding.SAME, 1).relu(),
                        4,
                        3,
                        Padding.SAME,
                        1)
                    .output())
        .linear()
        .leaves("conv2d", "conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void padding_that_is_not_alike_on_both_sides_is_an_operator(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 8, 8), 5, 3, Padding.SAME, 2).relu(),
                        4,
                        2,
                        Padding.VALID,
                        1)
                    .output())
        .linear()
        .leaves("pad", "conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void padding_as_much_as_it_takes_stays_that(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 8, 8), 5, 3, Padding.SAME, 2).relu(),
                        4,
                        1,
                        Padding.VALID,
                        1)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void dilated_and_strided_convolutions_become_one(Net net) {
    GatedGraph.of(
            net,
            n ->
                n.image(3, 12, 13)
                    .conv(5, 3, Padding.VALID, 1, 2, true)
                    .relu()
                    .conv(4, 2, Padding.VALID, 2, 2, true)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void only_the_chosen_gates_are_linear(Net net) {
    GatedGraph gated =
        GatedGraph.of(
            net,
            n ->
                biased(
                        biased(
                                biased(n.image(3, 9, 8), 5, 3, Padding.VALID, 1).relu(),
                                4,
                                1,
                                Padding.VALID,
                                1)
                            .sigmoid(),
                        6,
                        2,
                        Padding.VALID,
                        1)
                    .output());
    gated.linear("relu").leaves("conv2d", "sigmoid", "conv2d").equalOutputs().trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void no_gate_is_linear(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 9, 8), 5, 3, Padding.VALID, 1).relu(),
                        4,
                        1,
                        Padding.VALID,
                        1)
                    .output())
        .linear(new String[0])
        .leaves("conv2d", "relu", "conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void depthwise_convolutions_become_one_depthwise_convolution(Net net) {
    GatedGraph.of(
            net,
            n ->
                n.image(3, 9, 8)
                    .depthwise(2, 3, Padding.VALID)
                    .relu()
                    .depthwise(1, 2, Padding.VALID)
                    .output())
        .costs(Costs.MULTIPLY_ADDS)
        .linear()
        .equalOutputs();
    GatedGraph.of(
            Net.of(7, DataType.DOUBLE, net.channelsLast()),
            n ->
                n.image(3, 9, 8)
                    .depthwise(2, 3, Padding.VALID)
                    .relu()
                    .depthwise(1, 2, Padding.VALID)
                    .output())
        .linear()
        .leaves("depthwise_conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void an_inverted_bottleneck_becomes_one_convolution(Net net) {
    GatedGraph.of(
            net,
            n ->
                n.image(3, 9, 8)
                    .conv(9, 1, Padding.VALID)
                    .relu6()
                    .depthwise(1, 3, Padding.SAME)
                    .relu6()
                    .conv(4, 1, Padding.VALID, 1, 1, true)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }
}
