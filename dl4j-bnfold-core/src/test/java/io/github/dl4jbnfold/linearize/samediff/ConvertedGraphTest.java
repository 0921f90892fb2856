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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a conversion leaves as it was: names, training, files, the graph itself after a failure. */
class ConvertedGraphTest {
  private static SameDiff penalized(Net net) {
    Node out =
        biased(biased(net.image(3, 7, 6), 5, 3, Padding.VALID, 1).relu(), 4, 2, Padding.VALID, 1);
    SameDiff graph = net.graph();
    graph.math.square(out.output().variable()).mean("loss");
    graph.setLossVariables("loss");
    SameDiffGates.insert(graph, GateOptions.defaults().start(0.95).penalty(0.25, 2));
    return graph;
  }

  private static Node biased(Node x, int out, int k, Padding padding, int stride) {
    return x.conv(out, k, padding, stride, 1, true);
  }

  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
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
        new Settings(Set.of("relu"), Costs.DEPTH, 4, List.of(), Map.of(), OptionalDouble.of(-1));

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
