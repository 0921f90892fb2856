package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** What a step does to a SameDiff graph. */
class GraphStepsTest {
  private static final DataSet CLOUDS = Trained.clouds(28, 1);

  /** Three batches, the last one smaller. */
  private static List<MultiDataSet> batches() {
    ShuffledData data = new ShuffledData(CLOUDS, 12, 5);
    return List.of(data.next(), data.next(), data.next()).stream()
        .map(DataSet::toMultiDataSet)
        .toList();
  }

  private static SameDiff gated(TrainingConfig.Builder training) {
    SameDiff graph = TrainedGraphs.mlp(DataType.DOUBLE, training);
    GraphFoldingOptions options =
        TrainedGraphs.OPTIONS.gates(gates -> gates.start(0.3).rate(4).penalty(0.2, 2));
    return LayerFolding.prepare(graph, options).network();
  }

  private static TrainingConfig.Builder training(String updater) {
    IUpdater by =
        switch (updater) {
          case "gradient descent" -> new Sgd(0.1);
          case "momentum" -> new Nesterovs(0.05, 0.9);
          case "a schedule" -> new Adam(new StepSchedule(ScheduleType.ITERATION, 0.05, 0.5, 2));
          default -> new AMSGrad(0.01);
        };
    return TrainedGraphs.by(by);
  }

  private static void requireSameStepsAsFit(TrainingConfig.Builder training) {
    SameDiff by = gated(training);
    SameDiff fitted = gated(training);
    GraphTrainee trainee = TrainedGraphs.trainee(by);
    for (MultiDataSet batch : batches()) {
      trainee.fit(batch);
      fitted.fit(batch);
    }
    INDArray expected = TrainedGraphs.parameters(fitted);
    assertThat(trainee.parameters().distance2(expected) / expected.norm2Number().doubleValue())
        .isLessThan(1e-12);
    assertThat(LayerFolding.alphas(by)).doesNotContainValue(0.3);
    assertThat(by.getTrainingConfig().getIterationCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient descent", "momentum", "a schedule", "moments with a maximum"})
  void steps_are_those_of_fit(String updater) {
    requireSameStepsAsFit(training(updater));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient descent", "momentum", "a schedule"})
  void regularized_steps_are_those_of_fit(String updater) {
    requireSameStepsAsFit(training(updater).l1(0.01).l2(0.02).weightDecay(0.03, true));
  }

  @Test
  void the_loss_is_that_before_the_step_with_what_gates_and_weights_pay() {
    SameDiff graph = gated(TrainedGraphs.by(new Sgd(0.1)).l2(0.02));
    MultiDataSet batch = batches().get(0);
    Map<String, INDArray> in = Map.of("in", batch.getFeatures(0), "label", batch.getLabels(0));
    double task = graph.output(in, "loss").get("loss").getDouble(0);
    double gates = 2 * 0.2 * (1 - 0.3 * 0.3);
    double weights = 0;
    for (String name : List.of("d0_W", "d0_b", "d1_W", "d1_b", "d2_W", "d2_b")) {
      double norm = graph.getVariable(name).getArr().norm2Number().doubleValue();
      weights += 0.5 * 0.02 * norm * norm;
    }

    GraphTrainee trainee = TrainedGraphs.trainee(graph);
    assertThat(trainee.loss(batch)).isCloseTo(task, within(1e-12));
    assertThat(trainee.fit(batch)).isCloseTo(task + gates + weights, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 2, 1.5})
  void a_plan_of_gates_takes_the_place_of_the_one_that_they_had(double power) {
    SameDiff graph = gated(TrainedGraphs.by(new Sgd(0.1)));
    GatePlan plan = new GatePlan(0.5, power, 0.4, 7, new TreeMap<>(Map.of("a1", 3.0)));

    Trainee<SameDiff> restarted = TrainedGraphs.trainee(graph).restarted(new Sgd(0.01), plan);

    MultiDataSet batch = batches().get(0);
    double expected = 0.5 * (1 + 3) * (1 - Math.pow(0.4, power));
    double task = restarted.loss(batch);
    assertThat(restarted.alphas()).isEqualTo(Map.of("a0", 0.4, "a1", 0.4));
    assertThat(restarted.network().getLossVariables()).containsExactly("loss", "gate_penalty");
    assertThat(restarted.fit(batch)).isCloseTo(task + expected, within(1e-12));
    assertThat(LayerFolding.alphas(graph)).isEqualTo(Map.of("a0", 0.3, "a1", 0.3));
  }

  @Test
  void alpha_learns_as_many_times_as_fast_as_the_plan_says() {
    SameDiff graph = gated(TrainedGraphs.by(new Sgd(0.1)));
    MultiDataSet batch = batches().get(0);
    Trainee<SameDiff> slow =
        TrainedGraphs.trainee(graph)
            .restarted(new Sgd(1e-3), new GatePlan(0.5, 2, 0.4, 1, new TreeMap<>()));
    Trainee<SameDiff> fast =
        TrainedGraphs.trainee(graph)
            .restarted(new Sgd(1e-3), new GatePlan(0.5, 2, 0.4, 7, new TreeMap<>()));
    slow.fit(batch);
    fast.fit(batch);

    double one = slow.alphas().get("a0") - 0.4;
    assertThat(one).isNotZero();
    assertThat(fast.alphas().get("a0") - 0.4).isCloseTo(7 * one, within(1e-12));
  }

  @Test
  void gates_stay_between_0_and_1() {
    SameDiff graph = gated(TrainedGraphs.by(new Sgd(0.1)));
    Trainee<SameDiff> trainee =
        TrainedGraphs.trainee(graph)
            .restarted(new Sgd(0.1), new GatePlan(50, 1, 0.4, 10, new TreeMap<>()));
    trainee.fit(batches().get(0));

    assertThat(trainee.alphas()).isEqualTo(Map.of("a0", 1.0, "a1", 1.0));
  }

  @Test
  void a_restarted_copy_has_no_moments_and_the_graph_stays_as_it_was() {
    Supplier<GraphTrainee> make =
        () -> TrainedGraphs.trainee(gated(TrainedGraphs.by(new Adam(0.05))));
    GraphTrainee first = make.get();
    MultiDataSet batch = batches().get(0);
    first.fit(batch);
    INDArray before = first.parameters();

    Trainee<SameDiff> again = first.restarted(new Nesterovs(0.1, 0.9));
    Trainee<SameDiff> fresh = make.get().restarted(new Nesterovs(0.1, 0.9));
    fresh.assign(before);
    again.fit(batch);
    fresh.fit(batch);

    assertThat(again.parameters()).isEqualTo(fresh.parameters());
    assertThat(first.parameters()).isEqualTo(before);
    assertThat(again.network().getTrainingConfig().getIterationCount()).isEqualTo(1);
  }

  @Test
  void a_graph_that_was_written_and_read_goes_on_with_the_same_bits() throws IOException {
    Trainee<SameDiff> one =
        TrainedGraphs.trainee(gated(TrainedGraphs.by(new Adam(0.05))))
            .restarted(new Adam(0.05), new GatePlan(0.5, 2, 0.4, 7, new TreeMap<>()));
    List<MultiDataSet> batches = batches();
    one.fit(batches.get(0));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    one.write(bytes);

    Trainee<SameDiff> other = one.read(new ByteArrayInputStream(bytes.toByteArray()));
    double first = one.fit(batches.get(1));
    double second = other.fit(batches.get(1));

    assertThat(second).isEqualTo(first);
    assertThat(other.parameters().data().asBytes()).isEqualTo(one.parameters().data().asBytes());
  }

  @Test
  void parameters_come_back() {
    GraphTrainee trainee = TrainedGraphs.trainee(gated(TrainedGraphs.by(new Adam(0.05))));
    INDArray before = trainee.parameters();
    double loss = trainee.loss(batches().get(1));
    trainee.fit(batches().get(0));
    assertThat(trainee.parameters()).isNotEqualTo(before);

    trainee.assign(before);

    assertThat(trainee.parameters()).isEqualTo(before);
    assertThat(trainee.loss(batches().get(1))).isEqualTo(loss);
  }

  @Test
  void fingerprints_are_those_of_structure_and_parameters() {
    String one = TrainedGraphs.trainee(gated(TrainedGraphs.by(new Adam(0.05)))).fingerprint();
    assertThat(TrainedGraphs.trainee(gated(TrainedGraphs.by(new Sgd(1)))).fingerprint())
        .isEqualTo(one);

    SameDiff other = gated(TrainedGraphs.by(new Adam(0.05)));
    other.getVariable("d1_b").getArr().addi(1e-3);
    assertThat(TrainedGraphs.trainee(other).fingerprint()).isNotEqualTo(one);
    SameDiff plain = TrainedGraphs.mlp(DataType.DOUBLE, TrainedGraphs.by(new Adam(0.05)));
    assertThat(TrainedGraphs.trainee(plain).fingerprint()).isNotEqualTo(one);
  }

  @Test
  void what_a_graph_does_not_say_is_asked_for() {
    SameDiff graph = TrainedGraphs.mlp(new Sgd(0.1));
    assertThatThrownBy(() -> GraphTrainee.of(graph, List.of()))
        .hasMessageContaining("The labels [label]")
        .hasMessageContaining("Maybe state the outputs");
    assertThatThrownBy(() -> GraphTrainee.of(graph, List.of("nothing")))
        .hasMessageContaining("no output 'nothing'");
    graph.getTrainingConfig().setDataSetLabelMapping(List.of("a0"));
    assertThatThrownBy(() -> TrainedGraphs.trainee(graph))
        .hasMessageContaining(
            "names 'a0', which is no placeholder of the graph: these are [in, label]");
    graph.setTrainingConfig(null);
    assertThatThrownBy(() -> TrainedGraphs.trainee(graph))
        .hasMessageContaining("SameDiff.setTrainingConfig");

    SameDiff constant = TrainedGraphs.mlp(new Sgd(0.1));
    constant.variables().stream()
        .filter(v -> v.name().startsWith("d"))
        .filter(v -> v.getVariableType() == VariableType.VARIABLE)
        .toList()
        .forEach(constant::convertToConstant);
    assertThatThrownBy(() -> TrainedGraphs.trainee(constant))
        .hasMessageContaining("constants only");
  }

  /** Two inputs, two outputs with a loss each, a listener, and a variable that no loss needs. */
  private static SameDiff branched() {
    SameDiff graph = SameDiff.create();
    SDVariable left = graph.placeHolder("left", DataType.DOUBLE, -1, 2);
    SDVariable right = graph.placeHolder("right", DataType.DOUBLE, -1, 3);
    INDArray weights =
        Nd4j.getRandomFactory().getNewRandomInstance(3).nextGaussian(new long[] {5, 4});
    SDVariable hidden =
        graph
            .nn()
            .tanh(
                "hidden",
                graph.concat(1, left, right).mmul(graph.var("W", weights.castTo(DataType.DOUBLE))));
    graph.var("unread", Nd4j.ones(DataType.DOUBLE, 2, 2));
    graph.nn().relu("besides", hidden.mul(graph.var("V", Nd4j.ones(DataType.DOUBLE, 4))), 0);
    SDVariable one = hidden.sum("one", true, 1);
    SDVariable two = hidden.mul("two", 2);
    graph.math().square(one.sub(graph.placeHolder("y1", DataType.DOUBLE, -1, 1))).mean("loss1");
    graph.math().square(two.sub(graph.placeHolder("y2", DataType.DOUBLE, -1, 4))).mean("loss2");
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Adam(0.01))
            .dataSetFeatureMapping("left", "right")
            .dataSetLabelMapping("y1", "y2")
            .minimize("loss1", "loss2")
            .build());
    return graph;
  }

  @Test
  void several_inputs_outputs_and_losses_are_told_apart() {
    SameDiff by = branched();
    SameDiff fitted = branched();
    GraphTrainee trainee = GraphTrainee.of(by, List.of("one", "two", "besides"));
    INDArray[] features = {Nd4j.rand(DataType.DOUBLE, 6, 2), Nd4j.rand(DataType.DOUBLE, 6, 3)};
    INDArray[] labels = {Nd4j.rand(DataType.DOUBLE, 6, 1), Nd4j.rand(DataType.DOUBLE, 6, 4)};
    MultiDataSet batch = new org.nd4j.linalg.dataset.MultiDataSet(features, labels);
    Map<String, INDArray> in =
        Map.of("left", features[0], "right", features[1], "y1", labels[0], "y2", labels[1]);
    Map<String, INDArray> expected = by.output(in, "loss1", "loss2", "one", "two");
    double loss = expected.get("loss1").getDouble(0) + expected.get("loss2").getDouble(0);

    assertThat(trainee.outputs(List.of(features), null))
        .containsExactly(expected.get("one"), expected.get("two"));
    assertThat(trainee.loss(batch)).isCloseTo(loss, within(1e-12));
    assertThat(CheckedData.of(trainee).checked(batch, 0)).isSameAs(batch);
    trainee.requireAffineLosses();
    assertThat(trainee.fit(batch)).isCloseTo(loss, within(1e-12));
    fitted.fit(batch);
    assertThat(by.getVariable("W").getArr())
        .isEqualTo(fitted.getVariable("W").getArr())
        .isNotEqualTo(branched().getVariable("W").getArr());
    assertThat(trainee.restarted(new Adam(0.01)).loss(batch)).isEqualTo(trainee.loss(batch));
  }

  @Test
  void masks_go_to_the_placeholders_that_the_configuration_names() {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.DOUBLE, -1, 2);
    SDVariable shown = graph.placeHolder("shown", DataType.DOUBLE, -1, 2);
    SDVariable counts = graph.placeHolder("counts", DataType.DOUBLE, -1, 1);
    SDVariable y = graph.placeHolder("y", DataType.DOUBLE, -1, 1);
    INDArray weights = Nd4j.createFromArray(new double[][] {{0.5}, {-2}});
    SDVariable out = in.mul(shown).mmul("out", graph.var("W", weights));
    graph.math().square(out.sub(y)).mul(counts).sum("loss");
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        TrainedGraphs.by(new Sgd(0.1))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("y")
            .dataSetFeatureMaskMapping("shown")
            .dataSetLabelMaskMapping("counts")
            .build());
    INDArray[] features = {Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}})};
    INDArray[] masks = {Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}})};
    INDArray[] labels = {Nd4j.createFromArray(new double[][] {{1}, {1}})};
    INDArray[] counted = {Nd4j.createFromArray(new double[][] {{0}, {2}})};
    GraphTrainee trainee = GraphTrainee.of(graph, List.of("out"));

    MultiDataSet batch = new org.nd4j.linalg.dataset.MultiDataSet(features, labels, masks, counted);
    assertThat(trainee.outputs(List.of(features), List.of(masks)).get(0).toDoubleVector())
        .containsExactly(0.5, -8);
    assertThat(trainee.fit(batch)).isEqualTo(2 * 9 * 9);
  }

  @Test
  void listeners_hear_of_losses_and_epochs() {
    List<String> heard = new ArrayList<>();
    SameDiff graph = TrainedGraphs.mlp(new Adam(0.01));
    graph.setListeners(
        new BaseListener() {
          @Override
          public boolean isActive(Operation operation) {
            return operation == Operation.TRAINING;
          }

          @Override
          public void epochStart(SameDiff sd, At at) {
            heard.add("start " + at.epoch());
          }

          @Override
          public void iterationDone(SameDiff sd, At at, MultiDataSet data, Loss loss) {
            heard.add("step %d %s".formatted(at.iteration(), loss.totalLoss() > 0));
          }

          @Override
          public ListenerResponse epochEnd(SameDiff sd, At at, LossCurve curve, long millis) {
            heard.add("end %d %s".formatted(at.epoch(), curve.lastMeanLoss("loss") > 0));
            return ListenerResponse.CONTINUE;
          }
        });

    new FineTuning.Builder(Epochs.shuffled(CLOUDS, 14), 3)
        .build()
        .run(TrainedGraphs.trainee(graph));

    assertThat(heard)
        .containsExactly(
            "start 0", "step 0 true", "step 1 true", "end 0 true", "start 1", "step 2 true");
  }
}
