package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GraphPaddingTest {
  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
  }

  private static Node same(Node x, int out, int k, int stride) {
    return x.conv(out, k, Padding.SAME, stride, 1, true);
  }

  private static INDArray inside(INDArray map, boolean last, int margin) {
    long h = map.size(last ? 1 : 2);
    long w = map.size(last ? 2 : 3);
    INDArrayIndex all = NDArrayIndex.all();
    INDArrayIndex rows = NDArrayIndex.interval(margin, h - margin);
    INDArrayIndex columns = NDArrayIndex.interval(margin, w - margin);
    return (last ? map.get(all, rows, columns, all) : map.get(all, all, rows, columns)).dup();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void two_padded_convolutions_merge_exactly_and_are_the_same_inside(Net net) {
    GatedGraph gated =
        GatedGraph.of(net, n -> same(same(n.image(3, 9, 8), 4, 3, 1).relu(), 5, 3, 1).output());
    INDArray before = gated.halfway().get("conv_1");

    INDArray after = gated.paddedInFront().halfway().get("conv_1");

    assertThat(after).isNotEqualTo(before);
    INDArray expected = inside(before, net.channelsLast(), 1);
    assertThat(Agreement.of(expected, inside(after, net.channelsLast(), 1)).maxRelativeError())
        .isLessThan(1e-9);
    gated.linear().leaves("conv2d").equalOutputs().trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void an_identity_block_is_cropped_and_merges_exactly(Net net) {
    GatedGraph gated =
        GatedGraph.of(
            net,
            n -> {
              Node x = same(n.image(3, 9, 8), 4, 3, 1).relu();
              Node deep = same(same(x, 6, 3, 1).relu(), 4, 3, 1);
              same(deep.add(x).relu(), 5, 3, 1).output();
            });
    String out = gated.halfway().keySet().iterator().next();
    INDArray before = gated.halfway().get(out);

    INDArray after = gated.paddedInFront().halfway().get(out);

    INDArray expected = inside(before, net.channelsLast(), 3);
    assertThat(Agreement.of(expected, inside(after, net.channelsLast(), 3)).maxRelativeError())
        .isLessThan(1e-9);
    gated.linear().leaves("conv2d").equalOutputs().trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_block_with_a_stride_and_a_projection_merges_exactly(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node x = same(n.image(3, 9, 9), 4, 3, 1).relu();
              Node deep = same(same(x, 6, 3, 2).relu(), 5, 3, 1);
              Node shortcut = x.conv(5, 1, Padding.VALID, 2, 1, true);
              deep.add(shortcut).relu().output();
            })
        .paddedInFront()
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void depthwise_convolutions_and_arithmetic_in_front_are_padded(Net net) {
    GatedGraph.of(
            net,
            n ->
                n.image(3, 9, 8)
                    .maxPool(2, 1, 0)
                    .multiplyConstant()
                    .depthwise(1, 3, Padding.SAME)
                    .relu()
                    .conv(4, 3, Padding.SAME, 1, 1, true)
                    .output())
        .paddedInFront()
        .linear()
        .equalOutputs()
        .trains();
  }

  @Test
  void only_what_becomes_one_is_padded_in_front() {
    GatedGraph gated =
        GatedGraph.of(
            Net.nchw(4),
            n ->
                same(same(same(n.image(3, 9, 8), 4, 3, 1).relu(), 5, 3, 1).sigmoid(), 4, 3, 1)
                    .output());
    gated.paddedInFront("relu").linear("relu").leaves("conv2d", "sigmoid", "conv2d").equalOutputs();
  }

  @Test
  void weights_in_a_format_without_a_gradient_are_refused_and_the_graph_is_as_it_was() {
    Net net = Net.nchw(5);
    SDVariable x = net.graph().placeHolder("x", net.type(), -1, 3, 7, 6);
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(3)
            .kW(3)
            .paddingMode(PaddingMode.SAME)
            .weightsFormat(WeightsFormat.OIYX)
            .build();
    SDVariable a = net.graph().cnn.conv2d("a", x, net.weight("W", 4, 3, 3, 3), config);
    net.node(net.graph().nn.relu("act", a, 0), 4).conv(5, 3, Padding.SAME).output();
    SameDiffGates.insert(net.graph(), GateOptions.defaults());
    Set<String> operators = Set.copyOf(net.graph().getOps().keySet());

    assertThatThrownBy(
            () ->
                GraphPadding.moveToFront(
                    net.graph(), Set.of("act"), GraphFoldingOptions.defaults().costs(Costs.DEPTH)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("cannot be padded otherwise");
    assertThat(net.graph().getOps().keySet()).isEqualTo(operators);
  }
}
