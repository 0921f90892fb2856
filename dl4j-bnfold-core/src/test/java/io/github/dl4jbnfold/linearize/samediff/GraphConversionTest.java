package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.samediff.SameDiffConversion.Settings;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

class GraphConversionTest {
  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
  }

  private static Node biased(Node x, int out, int k, Padding padding, int stride) {
    return x.conv(out, k, padding, stride, 1, true);
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
  void a_convolution_before_a_flattened_matrix_product_becomes_a_matrix_product(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node image = biased(n.image(2, 4, 3), 3, 3, Padding.SAME, 1).relu();
              SDVariable flat = n.graph().reshape(image.variable(), -1, 36);
              n.node(flat.mmul(n.weight("V", 36, 5)).add(n.weight("c", 5)), 5).output();
            })
        .linear()
        .leaves("reshape", "matmul", "add")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_global_pool_between_point_convolution_and_dense_becomes_a_matrix_product(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(n.image(2, 4, 3), 3, 1, Padding.VALID, 1)
                    .relu()
                    .globalPool()
                    .dense(4)
                    .output())
        .linear()
        .leaves("reshape", "matmul", "add")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_bias_before_zero_padding_and_a_matrix_product_becomes_another_bias(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node first = biased(n.image(2, 4, 3), 3, 1, Padding.VALID, 1).relu();
              Node image = biased(first, 3, 3, Padding.SAME, 1).relu();
              SDVariable flat = n.graph().reshape(image.variable(), -1, 36);
              n.node(flat.mmul(n.weight("V", 36, 5)), 5).output();
            })
        .linear()
        .leaves("reshape", "matmul", "add")
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

  @Test
  void a_graph_of_any_size_loses_its_gates_and_merges_nothing() {
    for (boolean last : new boolean[] {false, true}) {
      Net net = Net.of(20, DataType.DOUBLE, last);
      biased(biased(net.imageOfAnySize(3), 4, 1, Padding.VALID, 1).relu(), 5, 1, Padding.VALID, 1)
          .output();
      SameDiffGates.insert(net.graph(), GateOptions.defaults().start(1));
      SameDiffConversion.convert(net.graph(), Settings.of(Set.of("relu"), Costs.DEPTH));
      assertThat(net.graph().getOps().values().stream().map(op -> op.getOp().opName()))
          .containsExactly("conv2d", "conv2d");
    }
  }

  @Test
  void what_reads_the_inside_of_a_gate_still_reads_it() {
    for (String[] linear : new String[][] {{}, {"relu"}}) {
      Net net = Net.nchw(21);
      Node first = biased(net.image(3, 6, 5), 3, 2, Padding.VALID, 1).relu();
      biased(first, 4, 1, Padding.VALID, 1).output();
      SameDiff graph = net.graph();
      SameDiffGates.insert(graph, GateOptions.defaults().start(linear.length));
      graph.math.cube("other", graph.getVariable("relu_gate_activated"));
      Map<String, INDArray> in = Map.of("x0", net.gaussian(1, 2, 3, 6, 5));
      Map<String, INDArray> before = graph.output(in, "conv_1", "other");
      INDArray out = before.get("conv_1").dup();
      INDArray other = before.get("other").dup();

      SameDiffConversion.convert(graph, Settings.of(Set.of(linear), Costs.DEPTH));

      Map<String, INDArray> after = graph.output(in, "conv_1", "other");
      assertThat(after.get("conv_1").equalsWithEps(out, 1e-12)).isTrue();
      assertThat(after.get("other").equalsWithEps(other, 1e-12)).isTrue();
    }
  }

  @Test
  void training_goes_on_after_a_conversion() {
    Net net = Net.nchw(22);
    SameDiff graph = penalized(net);
    graph.setTrainingConfig(
        new org.nd4j.autodiff.samediff.TrainingConfig.Builder()
            .updater(new org.nd4j.linalg.learning.config.Adam(0.01))
            .dataSetFeatureMapping("x0")
            .markLabelsUnused()
            .build());
    var data =
        new org.nd4j.linalg.dataset.MultiDataSet(net.gaussian(1, 4, 3, 7, 6), (INDArray) null);
    graph.fit(data);
    SameDiffConversion.convert(graph, Settings.of(Set.of("relu"), Costs.DEPTH));
    Map<String, INDArray> in = Map.of("x0", data.getFeatures(0));
    double before = graph.output(in, "loss").get("loss").getDouble(0);

    for (int i = 0; i < 5; i++) {
      graph.fit(data);
    }

    assertThat(graph.output(in, "loss").get("loss").getDouble(0)).isLessThan(before);
    assertThat(SameDiffGates.insert(graph, GateOptions.defaults()).gates()).isEmpty();
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

  @Test
  void matrix_products_become_one() {
    GatedGraph.of(
            Net.nchw(3),
            n -> {
              SDVariable x = n.graph().placeHolder("x", n.type(), -1, 4);
              SDVariable a = x.mmul(n.weight("W", 4, 6)).add(n.weight("b", 6));
              SDVariable c =
                  n.graph().nn.linear(n.graph().nn.tanh(a), n.weight("V", 6, 5), n.weight("c", 5));
              SDVariable d = n.graph().nn.tanh(c);
              n.node(n.graph().mmul(d, n.weight("U", 3, 5), false, true, false), 3).output();
            })
        .linear()
        .leaves("matmul", "add")
        .equalOutputs()
        .trains();
  }

  @Test
  void a_residual_of_matrix_products_becomes_one() {
    GatedGraph.of(
            Net.nchw(4),
            n -> {
              SDVariable x = n.graph().placeHolder("x", n.type(), -1, 4);
              SDVariable stem = x.mmul(n.weight("S", 4, 4));
              SDVariable a =
                  n.graph().nn.tanh(stem.mmul(n.weight("W", 4, 6)).add(n.weight("b", 6)));
              SDVariable b = a.mmul(n.weight("V", 6, 4)).add(stem);
              n.node(n.graph().nn.tanh(b), 4).output();
            })
        .linear()
        .leaves("matmul", "add")
        .equalOutputs()
        .trains();
  }

  @Test
  void weights_in_other_formats_are_read_and_written_in_that_which_has_a_gradient() {
    for (WeightsFormat format : WeightsFormat.values()) {
      GatedGraph.of(
              Net.nchw(5),
              n -> {
                SDVariable x = n.graph().placeHolder("x", n.type(), -1, 3, 7, 6);
                long[] shape =
                    switch (format) {
                      case YXIO -> new long[] {3, 2, 3, 4};
                      case OIYX -> new long[] {4, 3, 3, 2};
                      case OYXI -> new long[] {4, 3, 2, 3};
                    };
                Conv2DConfig config =
                    Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .paddingMode(PaddingMode.VALID)
                        .weightsFormat(format)
                        .build();
                SDVariable a =
                    n.graph().cnn.conv2d(x, n.weight("W", shape), n.weight("b", 4), config);
                n.node(n.graph().nn.relu(a, 0), 4).conv(5, 2, Padding.VALID).output();
              })
          .linear()
          .leaves("conv2d")
          .equalOutputs()
          .trains();
    }
  }

  @Test
  void separable_convolutions_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      GatedGraph.of(
              Net.of(6, DataType.DOUBLE, last),
              n -> {
                Node image = n.image(3, 7, 6);
                Conv2DConfig config =
                    Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(last ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
                        .build();
                SDVariable a =
                    n.graph()
                        .cnn
                        .separableConv2d(
                            image.variable(),
                            n.weight("D", 3, 2, 3, 2),
                            n.weight("P", 1, 1, 6, 4),
                            n.weight("b", 4),
                            config);
                n.node(n.graph().nn.relu(a, 0), 4).conv(5, 2, Padding.VALID).output();
              })
          .linear()
          .leaves("conv2d")
          .equalOutputs()
          .trains();
    }
  }

  @Test
  void convolutions_over_sequences_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      for (PaddingMode mode : new PaddingMode[] {PaddingMode.VALID, PaddingMode.CAUSAL}) {
        GatedGraph.After after =
            GatedGraph.of(
                    Net.of(7, DataType.DOUBLE, last),
                    n -> {
                      SDVariable x =
                          last
                              ? n.graph().placeHolder("x", n.type(), -1, 9, 3)
                              : n.graph().placeHolder("x", n.type(), -1, 3, 9);
                      SDVariable a = sequence(n, x, 3, 4, 3, mode);
                      SDVariable b =
                          sequence(n, n.graph().nn.relu(a, 0), 4, 5, 1, PaddingMode.VALID);
                      n.node(b, 5).output();
                    })
                .linear()
                .equalOutputs()
                .trains();
        assertThat(after.converted().merges()).hasSize(1);
      }
    }
  }

  private static SDVariable sequence(
      Net n, SDVariable x, int in, int out, int k, PaddingMode mode) {
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(k)
            .s(1)
            .p(0)
            .paddingMode(mode)
            .dataFormat(n.channelsLast() ? Conv1DConfig.NWC : Conv1DConfig.NCW)
            .build();
    return n.graph().cnn.conv1d(x, n.weight("W", k, in, out), n.weight("b", out), config);
  }

  @Test
  void convolutions_over_volumes_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      GatedGraph.of(
              Net.of(8, DataType.DOUBLE, last),
              n -> {
                SDVariable x =
                    last
                        ? n.graph().placeHolder("x", n.type(), -1, 6, 5, 4, 2)
                        : n.graph().placeHolder("x", n.type(), -1, 2, 6, 5, 4);
                SDVariable a = volume(n, x, 2, 3, 2);
                n.node(volume(n, n.graph().nn.relu(a, 0), 3, 4, 2), 4).output();
              })
          .linear()
          .leaves("conv3dnew")
          .equalOutputs()
          .trains();
    }
  }

  private static SDVariable volume(Net n, SDVariable x, int in, int out, int k) {
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(k)
            .kH(k)
            .kW(k)
            .paddingMode(PaddingMode.VALID)
            .biasUsed(true)
            .dataFormat(n.channelsLast() ? Conv3DConfig.NDHWC : Conv3DConfig.NCDHW)
            .build();
    return n.graph().cnn.conv3d(x, n.weight("W", k, k, k, in, out), n.weight("b", out), config);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void lines_with_slope_and_shift_are_merged(Net net) {
    int axis = net.channelsLast() ? 3 : 1;
    GateLine line = new GateLine(axis, new double[] {2, -1, 0.5}, new double[] {0.1, 0.2, 0.3});
    GatedGraph.of(
            net,
            n ->
                biased(
                        biased(n.image(3, 6, 5), 3, 2, Padding.VALID, 1).relu(),
                        4,
                        2,
                        Padding.VALID,
                        1)
                    .output(),
            GateOptions.defaults().line("relu", line))
        .linear()
        .leaves("conv2d")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_line_that_nothing_takes_over_stays_as_arithmetic(Net net) {
    int axis = net.channelsLast() ? 3 : 1;
    GateLine line = new GateLine(axis, new double[] {2, -1, 0.5}, new double[] {0.1, 0.2, 0.3});
    GatedGraph.of(
            net,
            n -> n.image(3, 6, 5).maxPool(2, 1, 0).relu().maxPool(2, 1, 0).output(),
            GateOptions.defaults().line("relu", line))
        .linear()
        .leaves("maxpool2d", "multiply", "add", "maxpool2d")
        .equalOutputs();
  }

  @Test
  void a_gate_at_the_end_hands_its_name_on() {
    GatedGraph.of(Net.nchw(9), n -> n.image(3, 6, 5).maxPool(2, 1, 0).relu().output())
        .linear()
        .leaves("maxpool2d")
        .equalOutputs();
    GatedGraph.of(Net.nchw(10), n -> n.image(3, 6, 5).relu().output())
        .linear()
        .leaves("identity")
        .equalOutputs();
  }

  @Test
  void what_else_is_asked_for_between_the_operators_keeps_them_apart() {
    GatedGraph.of(
            Net.nchw(11),
            n -> {
              Node first = biased(n.image(3, 6, 5), 3, 2, Padding.VALID, 1);
              first.output();
              biased(first.relu(), 4, 2, Padding.VALID, 1).output();
            })
        .linear()
        .leaves("conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void weights_that_two_operators_share_stay_those_of_the_other() {
    GatedGraph.of(
            Net.nchw(12),
            n -> {
              Node x = n.image(3, 9, 8);
              SDVariable shared = n.weight("shared", 2, 2, 3, 3);
              Node first = x.conv(shared, 3, Padding.VALID, 1, 1, false).relu();
              Node second = first.conv(shared, 3, Padding.VALID, 1, 1, false).sigmoid();
              second.conv(shared, 3, Padding.VALID, 1, 1, false).output();
            })
        .linear("relu")
        .leaves("conv2d", "sigmoid", "conv2d")
        .equalOutputs()
        .trains();
  }

  @Test
  void constants_stay_constants() {
    GatedGraph.After after =
        GatedGraph.of(
                Net.nchw(13),
                n -> {
                  SDVariable x = n.graph().placeHolder("x", n.type(), -1, 4);
                  SDVariable a = n.graph().nn.tanh(x.mmul(n.constant("W", 4, 6)));
                  n.node(a.mmul(n.constant("V", 6, 3)), 3).output();
                })
            .linear()
            .leaves("matmul")
            .equalOutputs();
    assertThat(after.graph().variables())
        .noneMatch(v -> v.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE);
  }

  @Test
  void float32_graphs_are_converted() {
    GatedGraph.of(
            Net.of(14, DataType.FLOAT, false),
            n ->
                biased(
                        biased(n.image(3, 9, 8), 5, 3, Padding.VALID, 1).relu(),
                        4,
                        2,
                        Padding.VALID,
                        1)
                    .output())
        .linear()
        .leaves("conv2d")
        .equalOutputs();
  }

  private static SameDiff penalized(Net net) {
    Node out =
        biased(biased(net.image(3, 7, 6), 5, 3, Padding.VALID, 1).relu(), 4, 2, Padding.VALID, 1);
    SameDiff graph = net.graph();
    graph.math.square(out.output().variable()).mean("loss");
    graph.setLossVariables("loss");
    SameDiffGates.insert(graph, GateOptions.defaults().start(0.95).penalty(0.25, 2));
    return graph;
  }

  @Test
  void a_loaded_graph_is_converted_and_its_penalty_is_gone(@TempDir Path folder) {
    Net net = Net.nchw(15);
    SameDiff graph = penalized(net);
    File file = folder.resolve("gated.fb").toFile();
    graph.save(file, true);
    SameDiff loaded = SameDiff.load(file, true);
    SameDiffGates gates = SameDiffGates.of(loaded, 1);
    loaded.getVariable("relu_gate_alpha").getArr().assign(1);
    Map<String, INDArray> in = Map.of("x0", net.gaussian(1, 2, 3, 7, 6));
    INDArray before = loaded.output(in, "loss").get("loss").dup();

    SameDiffConversion.convert(loaded, Settings.of(gates.from(0.9), Costs.DEPTH));

    assertThat(loaded.getLossVariables()).containsExactly("loss");
    assertThat(loaded.getListeners()).isEmpty();
    assertThat(loaded.getOps().values().stream().map(op -> op.getOp().opName()))
        .containsExactlyInAnyOrder("conv2d", "square", "reduce_mean");
    File after = folder.resolve("converted.fb").toFile();
    loaded.save(after, true);
    SameDiff again = SameDiff.load(after, true);
    assertThat(again.output(in, "loss").get("loss").getDouble(0))
        .isCloseTo(before.getDouble(0), org.assertj.core.data.Offset.offset(1e-9));
  }

  @Test
  void a_conversion_that_is_not_accepted_leaves_the_gated_graph_as_it_was() {
    Net net = Net.nchw(16);
    SameDiff graph = penalized(net);
    Set<String> operators = Set.copyOf(graph.getOps().keySet());
    Set<String> variables = Set.copyOf(graph.getVariables().keySet());
    Map<String, INDArray> in = Map.of("x0", net.gaussian(1, 2, 3, 7, 6));
    INDArray before = graph.output(in, "loss").get("loss").dup();
    Settings impossible =
        new Settings(Set.of("relu"), Costs.DEPTH, List.of(), Map.of(), OptionalDouble.of(-1));

    assertThatThrownBy(() -> SameDiffConversion.convert(graph, impossible))
        .isInstanceOf(CheckFailedException.class)
        .hasMessageContaining("has been restored");

    assertThat(graph.getOps().keySet()).isEqualTo(operators);
    assertThat(graph.getVariables().keySet()).isEqualTo(variables);
    assertThat(graph.getLossVariables()).containsExactly("loss", "gate_penalty");
    assertThat(SameDiffGates.of(graph, 1).alpha("relu")).isEqualTo(0.95);
    assertThat(graph.output(in, "loss").get("loss")).isEqualTo(before);
  }

  @Test
  void a_gate_that_the_graph_does_not_have_is_refused_with_a_sentence() {
    SameDiff graph = penalized(Net.nchw(17));

    assertThatThrownBy(
            () -> SameDiffConversion.convert(graph, Settings.of(Set.of("tanh"), Costs.DEPTH)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("has no gate 'tanh'");
  }
}
