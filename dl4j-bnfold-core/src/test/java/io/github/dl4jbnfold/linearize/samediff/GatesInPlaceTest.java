package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GatesInPlaceTest {
  private interface Function {
    SDVariable of(SameDiff graph, String name, SDVariable x);
  }

  private record Sigma(String type, Function function) {
    @Override
    public String toString() {
      return type;
    }
  }

  static Stream<Sigma> activations() {
    return Stream.of(
        new Sigma("relu", (g, n, x) -> g.nn.relu(n, x, 0)),
        new Sigma("relu with a cutoff", (g, n, x) -> g.nn.relu(n, x, 0.3)),
        new Sigma("relu6", (g, n, x) -> g.nn.relu6(n, x, 0)),
        new Sigma("leakyrelu", (g, n, x) -> g.nn.leakyRelu(n, x, 0.2)),
        new Sigma("tanh", (g, n, x) -> g.nn.tanh(n, x)),
        new Sigma("rational_tanh", (g, n, x) -> g.math.rationalTanh(n, x)),
        new Sigma("rectified_tanh", (g, n, x) -> g.math.rectifiedTanh(n, x)),
        new Sigma("hardtanh", (g, n, x) -> g.nn.hardTanh(n, x)),
        new Sigma("sigmoid", (g, n, x) -> g.nn.sigmoid(n, x)),
        new Sigma("hard_sigmoid", (g, n, x) -> g.nn.hardSigmoid(n, x)),
        new Sigma("logsigmoid", (g, n, x) -> g.nn.logSigmoid(n, x)),
        new Sigma("swish", (g, n, x) -> g.nn.swish(n, x)),
        new Sigma("gelu", (g, n, x) -> g.nn.gelu(n, x)),
        new Sigma("precise_gelu", (g, n, x) -> g.nn.preciseGelu(n, x)),
        new Sigma("elu", (g, n, x) -> g.nn.elu(n, x)),
        new Sigma("selu", (g, n, x) -> g.nn.selu(n, x)),
        new Sigma("softplus", (g, n, x) -> g.nn.softplus(n, x)),
        new Sigma("softsign", (g, n, x) -> g.nn.softsign(n, x)),
        new Sigma("cube", (g, n, x) -> g.math.cube(n, x)));
  }

  /** x → x·W → σ → ·V, with σ in the middle under the name "act", and a loss. */
  private static SameDiff dense(Net net, Function sigma) {
    SameDiff graph = net.graph();
    SDVariable x = graph.placeHolder("x", net.type(), -1, 4);
    SDVariable hidden = x.mmul("hidden", net.weight("W", 4, 5));
    SDVariable act = sigma.of(graph, "act", hidden);
    SDVariable out = act.mmul("out", net.weight("V", 5, 3));
    graph.math.square(out).mean("loss");
    graph.setLossVariables("loss");
    return graph;
  }

  private static double value(SameDiff graph, Map<String, INDArray> in, String name) {
    return graph.output(in, name).get(name).getDouble(0);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void at_0_the_graph_is_what_it_was_and_at_1_the_activation_is_its_input(Sigma sigma) {
    Net net = Net.nchw(1);
    SameDiff graph = dense(net, sigma.function);
    Map<String, INDArray> in = Map.of("x", net.gaussian(1, 6, 4));
    INDArray before = graph.output(in, "act").get("act").dup();

    SameDiffGates gates = SameDiffGates.insert(graph, GateOptions.defaults());

    assertThat(gates.gates()).containsOnlyKeys("act");
    assertThat(graph.output(in, "act").get("act")).isEqualTo(before);
    graph.getVariable("act_gate_alpha").getArr().assign(1);
    Map<String, INDArray> straight = graph.output(in, "act", "hidden");
    assertThat(straight.get("act")).isEqualTo(straight.get("hidden"));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void gradients_agree_with_finite_differences_inside_and_at_both_ends(Sigma sigma) {
    for (double alpha : new double[] {0, 0.3, 1}) {
      Net net = Net.nchw(2);
      SameDiff graph = dense(net, sigma.function);
      SameDiffGates.insert(graph, GateOptions.defaults().start(alpha));
      Map<String, INDArray> in = Map.of("x", net.gaussian(1, 6, 4));
      Map<String, INDArray> gradients = graph.calculateGradients(in, "act_gate_alpha", "W");
      // ND4J's own derivative of precise_gelu is right to 3e-5 only.
      boolean exact = !sigma.type.equals("precise_gelu");
      for (String name : exact ? List.of("act_gate_alpha", "W") : List.of("act_gate_alpha")) {
        INDArray array = graph.getVariable(name).getArr();
        for (int i = 0; i < array.length(); i++) {
          double x = array.getDouble(i);
          double h = 1e-6;
          array.putScalar(i, x + h);
          double above = value(graph, in, "loss");
          array.putScalar(i, x - h);
          double below = value(graph, in, "loss");
          array.putScalar(i, x);
          double expected = (above - below) / (2 * h);
          assertThat(gradients.get(name).getDouble(i))
              .as("%s[%d] at α = %s", name, i, alpha)
              .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
        }
      }
    }
  }

  @Test
  void a_line_with_slope_and_shift_is_what_a_gate_ends_as() {
    Net net = Net.nhwc(3);
    Node x = net.image(3, 6, 5);
    SameDiff graph = net.graph();
    graph.nn.relu("act", graph.math.cube("z", graph.getVariable(x.name())), 0).mean("loss");
    GateLine line = new GateLine(3, new double[] {0.5, -2, 3}, new double[] {0.1, 0.2, -0.3});

    SameDiffGates.insert(
        graph, GateOptions.defaults().where("act"::equals).start(1).line("act", line));

    INDArray input = net.gaussian(1, 2, 6, 5, 3);
    Map<String, INDArray> out = graph.output(Map.of(x.name(), input), "act", "z");
    INDArray expected = out.get("z").mul(net.vector(line.slope())).add(net.vector(line.shift()));
    assertThat(out.get("act").equalsWithEps(expected, 1e-12)).isTrue();
    GateLine read = SameDiffGates.of(graph, 1).gates().get("act").line();
    assertThat(read.channelAxis()).isEqualTo(3);
    assertThat(read.slope()).containsExactly(line.slope());
    assertThat(read.shift()).containsExactly(line.shift());
  }

  @Test
  void an_output_of_the_graph_keeps_its_name_and_is_gated() {
    Net net = Net.nchw(4);
    SameDiff graph = net.graph();
    SDVariable x = graph.placeHolder("x", net.type(), -1, 4);
    graph.nn.tanh("out", x.mmul("z", net.weight("W", 4, 3)));
    graph.setOutputs("out");

    SameDiffGates.insert(graph, GateOptions.defaults().start(1));

    Map<String, INDArray> in = Map.of("x", net.gaussian(1, 2, 4));
    Map<String, INDArray> values = graph.output(in, "out", "z");
    assertThat(values.get("out")).isEqualTo(values.get("z"));
  }

  @Test
  void prelu_and_softmax_get_none() {
    Net net = Net.nchw(5);
    SameDiff graph = net.graph();
    SDVariable x = graph.placeHolder("x", net.type(), -1, 4);
    SDVariable p = graph.nn.prelu(x.mmul(net.weight("W", 4, 3)), net.weight("slopes", 3), 1);
    graph.nn.softmax("out", p, 1);

    assertThat(SameDiffGates.insert(graph, GateOptions.defaults()).gates()).isEmpty();
  }

  @Test
  void a_second_insertion_finds_nothing_to_do() {
    SameDiff graph = dense(Net.nchw(6), (g, n, x) -> g.nn.relu(n, x, 0));
    SameDiffGates.insert(graph, GateOptions.defaults());
    int operators = graph.getOps().size();

    assertThat(SameDiffGates.insert(graph, GateOptions.defaults()).gates()).hasSize(1);
    assertThat(graph.getOps()).hasSize(operators);
  }

  @Test
  void a_batch_normalization_is_refused_with_a_sentence() {
    Net net = Net.nchw(7);
    net.image(3, 6, 5).conv(4, 3, Padding.SAME).batchNorm().relu().output();

    assertThatThrownBy(() -> SameDiffGates.insert(net.graph(), GateOptions.defaults()))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("fold batch normalizations first");
  }

  @Test
  void a_penalty_without_a_loss_is_refused_with_a_sentence() {
    Net net = Net.nchw(8);
    net.image(3, 6, 5).conv(4, 3, Padding.SAME).relu().output();
    int operators = net.graph().getOps().size();

    assertThatThrownBy(
            () -> SameDiffGates.insert(net.graph(), GateOptions.defaults().penalty(1, 2)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("state it");
    assertThat(net.graph().getOps()).hasSize(operators);
  }

  @Test
  void a_saved_graph_has_its_gates_when_it_is_loaded(@TempDir Path folder) {
    Net net = Net.nchw(9);
    SameDiff graph = dense(net, (g, n, x) -> g.nn.relu(n, x, 0));
    SameDiffGates.insert(graph, GateOptions.defaults().start(0.4).penalty(0.5, 2));
    Map<String, INDArray> in = Map.of("x", net.gaussian(1, 6, 4));
    INDArray before = graph.output(in, "out").get("out").dup();
    File file = folder.resolve("gated.fb").toFile();

    graph.save(file, true);
    SameDiff loaded = SameDiff.load(file, true);

    SameDiffGates gates = SameDiffGates.of(loaded, 1);
    assertThat(gates.gates()).containsOnlyKeys("act");
    assertThat(gates.alpha("act")).isEqualTo(0.4);
    assertThat(loaded.output(in, "out").get("out")).isEqualTo(before);
    assertThat(loaded.getLossVariables()).containsExactly("loss", "gate_penalty");
  }

  @Test
  void float32_graphs_get_gates_in_float32() {
    Net net = Net.of(10, DataType.FLOAT, false);
    SameDiff graph = dense(net, (g, n, x) -> g.nn.relu(n, x, 0));
    Map<String, INDArray> in = Map.of("x", net.gaussian(1, 6, 4));
    INDArray before = graph.output(in, "out").get("out").dup();

    SameDiffGates.insert(graph, GateOptions.defaults().penalty(0.5, 2));

    assertThat(graph.getVariable("act_gate_alpha").getArr().dataType()).isEqualTo(DataType.FLOAT);
    assertThat(graph.output(in, "out").get("out")).isEqualTo(before);
  }
}
