package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.fixture.Net;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

class GatedTrainingTest {
  private static final String ALPHA = "act_gate_alpha";

  /** x → x·W → tanh "act" → ·V, and the squared distance from y times a number as loss. */
  private static SameDiff graph(Net net, double times, TrainingConfig.Builder training) {
    SameDiff graph = net.graph();
    SDVariable x = graph.placeHolder("x", net.type(), -1, 4);
    SDVariable y = graph.placeHolder("y", net.type(), -1, 3);
    SDVariable act = graph.nn.tanh("act", x.mmul("hidden", net.weight("W", 4, 5)));
    SDVariable out = act.mmul("out", net.weight("V", 5, 3));
    graph.math.square(out.sub(y)).mean().mul("loss", times);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(training.dataSetFeatureMapping("x").dataSetLabelMapping("y").build());
    return graph;
  }

  private static TrainingConfig.Builder with(IUpdater updater) {
    return new TrainingConfig.Builder().updater(updater);
  }

  private static DataSet data(Net net) {
    return new DataSet(net.gaussian(1, 8, 4), net.gaussian(1, 8, 3));
  }

  private static double alpha(SameDiff graph) {
    return graph.getVariable(ALPHA).getArr().getDouble(0);
  }

  private static double gradient(SameDiff graph, DataSet data) {
    Map<String, INDArray> in = Map.of("x", data.getFeatures(), "y", data.getLabels());
    return graph.calculateGradients(in, ALPHA).get(ALPHA).getDouble(0);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, -1", "1, 0.5, 0.5, -1", "1, 1, 0, -1", "1, 1.5, 0.5, 1", "1, -0.5, 1.5, -1",
    "2, 0, 1, 0", "2, 0.5, 0.75, -1", "2, 1, 0, -2", "2, 1.5, 1.25, 3", "2, -0.5, 1, 0",
    "3, 0.5, 0.875, -0.75", "1.5, 0, 1, 0", "1.5, 1, 0, -1.5"
  })
  void the_penalty_is_a_loss_with_the_gradient_from_inside_at_both_ends(
      double power, double alpha, double loss, double slope) {
    Net net = Net.nchw(1);
    SameDiff graph = graph(net, 0, with(new Sgd(0.1)));
    SameDiffGates.insert(graph, GateOptions.defaults().penalty(0.7, power));
    graph.getVariable(ALPHA).getArr().assign(alpha);

    DataSet data = data(net);
    Map<String, INDArray> in = Map.of("x", data.getFeatures(), "y", data.getLabels());
    assertThat(graph.getLossVariables()).containsExactly("loss", "gate_penalty");
    assertThat(graph.output(in, "gate_penalty").get("gate_penalty").getDouble(0))
        .isCloseTo(0.7 * loss, within(1e-12));
    assertThat(gradient(graph, data)).isCloseTo(0.7 * slope, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.9999})
  void training_pushes_a_gate_to_1_and_no_further(double start) {
    Net net = Net.nchw(2);
    SameDiff graph = graph(net, 0.01, with(new Sgd(0.1)));
    SameDiffGates.insert(graph, GateOptions.defaults().start(start).penalty(3, 1));
    DataSet data = data(net);
    List<Double> seen = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      graph.fit(data);
      seen.add(alpha(graph));
    }
    assertThat(seen).allMatch(a -> a >= 0 && a <= 1);
    assertThat(seen.get(5)).isEqualTo(1);
  }

  @Test
  void a_gate_at_an_end_leaves_it_when_its_gradient_points_inside() {
    for (double end : new double[] {0, 1}) {
      Net net = Net.nchw(3);
      SameDiff graph = graph(net, 1, with(new Sgd(1e-3)));
      SameDiffGates.insert(graph, GateOptions.defaults().start(end));
      DataSet data = data(net);
      double gradient = gradient(graph, data);
      // The labels decide where the gate is pulled: outside first, inside then.
      for (int i = 0; i < 3; i++) {
        double before = alpha(graph);
        double slope = gradient(graph, data);
        graph.fit(data);
        double expected = Math.min(1, Math.max(0, before - 1e-3 * slope));
        assertThat(alpha(graph)).isCloseTo(expected, within(1e-12));
      }
      assertThat(gradient).isNotZero();
    }
  }

  @Test
  void an_alpha_outside_of_its_bounds_is_back_after_one_step() {
    Net net = Net.nchw(4);
    SameDiff graph = graph(net, 1, with(new Sgd(1e-3)));
    SameDiffGates.insert(graph, GateOptions.defaults());
    for (double outside : new double[] {-3, 7}) {
      graph.getVariable(ALPHA).getArr().assign(outside);
      graph.fit(data(net));
      assertThat(alpha(graph)).isBetween(0.0, 1.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"l1", "l2", "decay", "decay without the learning rate"})
  void regularization_of_all_variables_does_not_reach_alpha(String kind) {
    for (IUpdater updater : List.of(new Sgd(0.1), new Adam(0.05), new Nesterovs(0.1, 0.9))) {
      List<Double> plain = trained(with(updater.clone()));
      TrainingConfig.Builder regularized = with(updater.clone());
      switch (kind) {
        case "l1" -> regularized.l1(0.4);
        case "l2" -> regularized.l2(0.4);
        case "decay" -> regularized.weightDecay(0.4, true);
        default -> regularized.weightDecay(0.4, false);
      }
      List<Double> other = trained(regularized);
      assertThat(other.get(0)).isCloseTo(plain.get(0), within(1e-12));
      assertThat(other.get(1)).as("a weight").isNotCloseTo(plain.get(1), within(1e-4));
    }
  }

  /** α and a weight after three steps on the penalty alone, which no weight changes. */
  private static List<Double> trained(TrainingConfig.Builder training) {
    Net net = Net.nchw(5);
    SameDiff graph = graph(net, 0, training);
    SameDiffGates.insert(graph, GateOptions.defaults().start(0.4).penalty(0.3, 2));
    DataSet data = data(net);
    for (int i = 0; i < 3; i++) {
      graph.fit(data);
    }
    return List.of(alpha(graph), graph.getVariable("W").getArr().getDouble(0));
  }

  @Test
  void alpha_has_a_learning_rate_of_its_own() {
    for (IUpdater updater : List.of(new Sgd(0.01), new Adam(0.01), new Nesterovs(0.01, 0.9))) {
      Net net = Net.nchw(6);
      SameDiff slow = graph(net, 1, with(updater.clone()));
      SameDiffGates.insert(slow, GateOptions.defaults().start(0.4));
      Net same = Net.nchw(6);
      SameDiff fast = graph(same, 1, with(updater.clone()));
      SameDiffGates.insert(fast, GateOptions.defaults().start(0.4).rate(10));
      DataSet data = data(net);

      slow.fit(data);
      fast.fit(data);

      assertThat(alpha(fast) - 0.4).isCloseTo(10 * (alpha(slow) - 0.4), within(1e-12));
      assertThat(fast.getVariable("W").getArr()).isEqualTo(slow.getVariable("W").getArr());
    }
  }

  @Test
  void a_graph_that_is_in_training_goes_on_with_the_state_of_its_updaters() {
    Net net = Net.nchw(7);
    SameDiff graph = graph(net, 1, with(new Adam(0.01)));
    Net same = Net.nchw(7);
    SameDiff untouched = graph(same, 1, with(new Adam(0.01)));
    DataSet data = data(net);
    graph.fit(data);
    untouched.fit(data);

    SameDiffGates.insert(graph, GateOptions.defaults());
    graph.convertToConstant(graph.getVariable(ALPHA));
    graph.fit(data);
    untouched.fit(data);

    INDArray expected = untouched.getVariable("W").getArr();
    assertThat(graph.getVariable("W").getArr().equalsWithEps(expected, 1e-12)).isTrue();
  }

  @Test
  void training_goes_on_after_loading(@TempDir Path folder) {
    Net net = Net.nchw(8);
    SameDiff graph = graph(net, 1, with(new Adam(0.01)));
    SameDiffGates.insert(graph, GateOptions.defaults().start(0.3).penalty(0.2, 2));
    DataSet data = data(net);
    graph.fit(data);
    graph.save(folder.resolve("gated.fb").toFile(), true);

    SameDiff loaded = SameDiff.load(folder.resolve("gated.fb").toFile(), true);
    SameDiffGates.of(loaded, 1);
    graph.fit(data);
    loaded.fit(data);

    assertThat(alpha(loaded)).isCloseTo(alpha(graph), within(1e-12));
  }

  @Test
  void there_is_one_listener_however_often_the_gates_are_read() {
    SameDiff graph = graph(Net.nchw(9), 1, with(new Sgd(0.1)));
    SameDiffGates.insert(graph, GateOptions.defaults());
    SameDiffGates.of(graph, 3);
    SameDiffGates.of(graph, 1);

    assertThat(graph.getListeners()).hasSize(1);
  }
}
