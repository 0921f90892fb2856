package io.github.dl4jbnfold.samediff.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.CheckFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/** A folded graph can do everything that a graph can: run, train, be saved. */
class AfterFoldTest {
  @TempDir Path folder;

  private static void network(Net net) {
    Node x = net.image(3, 9, 7).conv(6, 3, Padding.SAME).batchNorm().relu();
    x.conv(6, 3, Padding.SAME)
        .batchNorm(Gamma.POSITIVE)
        .relu()
        .add(x)
        .globalPool()
        .matmul(4)
        .batchNorm()
        .output();
  }

  @Test
  void a_folded_graph_has_a_summary() {
    Fold fold = Fold.nchw(AfterFoldTest::network).removesAll();
    assertThat(fold.graph().summary()).contains("conv2d").doesNotContain("batchnorm");
  }

  @Test
  void a_folded_graph_survives_saving_and_loading() throws IOException {
    Fold fold = Fold.nchw(AfterFoldTest::network).removesAll();
    File file = folder.resolve("folded.fb").toFile();
    fold.graph().save(file, false);
    sameOutputs(fold.graph(), SameDiff.load(file, false), fold.report().outputs());
  }

  @Test
  void a_loaded_graph_folds_and_survives_saving_and_loading() throws IOException {
    Net net = Net.nchw(4);
    network(net);
    File file = folder.resolve("original.fb").toFile();
    net.graph().save(file, false);
    SameDiff loaded = SameDiff.load(file, false);
    FoldReport report = BatchNormFolding.fold(loaded);
    assertThat(report.kept()).isEmpty();
    assertThat(report.removed()).hasSize(3);
    sameOutputs(net.graph(), loaded, net.outputs());
    File again = folder.resolve("folded.fb").toFile();
    loaded.save(again, false);
    sameOutputs(net.graph(), SameDiff.load(again, false), net.outputs());
  }

  @Test
  void a_duplicate_of_a_folded_graph_gives_its_outputs() {
    Fold fold = Fold.nchw(AfterFoldTest::network).removesAll();
    sameOutputs(fold.graph(), fold.graph().dup(), fold.report().outputs());
  }

  @Test
  void a_duplicate_of_a_graph_with_a_new_addition_gives_its_outputs() {
    Fold fold =
        Fold.nchw(net -> net.image(3, 9, 7).sigmoid().batchNorm().multiplyConstant().sigmoid());
    fold.removesAll();
    sameOutputs(fold.graph(), fold.graph().dup(), fold.report().outputs());
  }

  @Test
  void a_duplicate_of_a_graph_with_copied_weights_gives_its_outputs() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 3, 3, 3, 3);
              net.image(3, 9, 7)
                  .conv(weights, 3, Padding.SAME, 1, 1, false)
                  .batchNorm()
                  .conv(weights, 3, Padding.SAME, 1, 1, false)
                  .batchNorm();
            });
    fold.removesAll();
    sameOutputs(fold.graph(), fold.graph().dup(), fold.report().outputs());
  }

  @Test
  void a_folded_graph_can_be_extended() {
    Fold fold = Fold.nchw(AfterFoldTest::network).removesAll();
    SDVariable output = fold.graph().getVariable(fold.report().outputs().get(0));
    fold.graph().nn().softmax("probabilities", output, 1);
    Map<String, INDArray> input = Map.of("x0", Net.nchw(9).gaussian(1, 2, 3, 9, 7));
    INDArray sums = fold.graph().output(input, "probabilities").get("probabilities").sum(1);
    assertThat(sums.sub(1).amaxNumber().doubleValue()).isLessThan(1e-12);
  }

  private static void sameOutputs(SameDiff one, SameDiff other, List<String> outputs) {
    Map<String, INDArray> input = Map.of("x0", Net.nchw(9).gaussian(1, 2, 3, 9, 7));
    String[] names = outputs.toArray(String[]::new);
    assertThat(
            Agreement.of(one.output(input, names), other.output(input, names)).maxRelativeError())
        .isLessThan(1e-9);
  }

  @Test
  void a_graph_with_norms_has_gradients_once_it_is_folded() {
    Net net = Net.nchw(1);
    network(net);
    SameDiff graph = net.graph();
    assertThat(BatchNormFolding.fold(graph).kept()).isEmpty();
    lossOf(graph, net.outputs().get(0));
    Map<String, INDArray> input =
        Map.of("x0", net.gaussian(1, 2, 3, 9, 7), "label", net.gaussian(1, 2, 4));
    Map<String, INDArray> gradients = graph.calculateGradients(input, "W", "W_1", "W_2");
    String weight = "W";
    double analytic = gradients.get(weight).getDouble(0, 1, 2, 3);
    double step = 1e-6;
    double above = lossWith(graph, input, weight, step);
    double below = lossWith(graph, input, weight, -2 * step);
    lossWith(graph, input, weight, step);
    double numeric = (above - below) / (2 * step);
    assertThat(analytic)
        .isCloseTo(numeric, org.assertj.core.data.Offset.offset(1e-5 * (1 + Math.abs(numeric))));
  }

  private static double lossWith(
      SameDiff graph, Map<String, INDArray> input, String weight, double step) {
    INDArray array = graph.getVariable(weight).getArr();
    array.putScalar(new int[] {0, 1, 2, 3}, array.getDouble(0, 1, 2, 3) + step);
    return graph.output(input, "loss").get("loss").getDouble(0);
  }

  private static void lossOf(SameDiff graph, String output) {
    SDVariable prediction = graph.getVariable(output);
    SDVariable label = graph.placeHolder("label", prediction.dataType(), -1, 4);
    graph.loss().meanSquaredError("loss", label, prediction, null);
    graph.setLossVariables("loss");
  }

  private static TrainingConfig training() {
    return TrainingConfig.builder()
        .updater(new Adam(0.01))
        .dataSetFeatureMapping("x0")
        .dataSetLabelMapping("label")
        .build();
  }

  @Test
  void a_folded_graph_learns_and_its_new_biases_with_it() {
    Net net = Net.nchw(1);
    network(net);
    SameDiff graph = net.graph();
    BatchNormFolding.fold(graph);
    lossOf(graph, net.outputs().get(0));
    graph.setTrainingConfig(training());
    DataSet data = new DataSet(net.gaussian(1, 8, 3, 9, 7), net.gaussian(1, 8, 4));
    List<SDVariable> weights = trainable(graph);
    List<INDArray> before = weights.stream().map(v -> v.getArr().dup()).toList();
    double first = loss(graph, data);
    for (int i = 0; i < 20; i++) {
      graph.fit(data);
    }
    assertThat(loss(graph, data)).isLessThan(first);
    for (int i = 0; i < before.size(); i++) {
      assertThat(weights.get(i).getArr()).as(weights.get(i).name()).isNotEqualTo(before.get(i));
    }
  }

  private static List<SDVariable> trainable(SameDiff graph) {
    return graph.variables().stream()
        .filter(v -> v.getVariableType() == VariableType.VARIABLE)
        .toList();
  }

  private static double loss(SameDiff graph, DataSet data) {
    return graph
        .output(Map.of("x0", data.getFeatures(), "label", data.getLabels()), "loss")
        .get("loss")
        .getDouble(0);
  }

  @Test
  void a_refused_fold_leaves_the_state_of_the_updaters() throws IOException {
    Net net = Net.nchw(1);
    decomposed(net);
    SameDiff graph = net.graph();
    lossOf(graph, "end");
    graph.setTrainingConfig(training());
    graph.fit(new DataSet(net.gaussian(1, 8, 3, 9, 7), net.gaussian(1, 8, 4)));
    File before = folder.resolve("before.fb").toFile();
    File after = folder.resolve("after.fb").toFile();
    graph.save(before, true);

    assertThatThrownBy(
            () ->
                BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs("end").tolerance(0)))
        .isInstanceOf(CheckFailedException.class);

    graph.save(after, true);
    assertThat(after).hasSameBinaryContentAs(before);
  }

  @Test
  void a_graph_that_was_trained_before_folds_and_is_trained_on() {
    Net net = Net.nchw(1);
    decomposed(net);
    SameDiff graph = net.graph();
    lossOf(graph, "end");
    graph.setTrainingConfig(training());
    DataSet data = new DataSet(net.gaussian(1, 8, 3, 9, 7), net.gaussian(1, 8, 4));
    for (int i = 0; i < 3; i++) {
      graph.fit(data);
    }
    double trained = loss(graph, data);
    FoldReport report = BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs("end"));
    assertThat(report.kept()).isEmpty();
    assertThat(report.removed()).hasSize(1);
    assertThat(report.outputs()).contains("end", "loss");
    assertThat(loss(graph, data))
        .isCloseTo(trained, org.assertj.core.data.Offset.offset(1e-9 * Math.abs(trained)));
    for (int i = 0; i < 20; i++) {
      graph.fit(data);
    }
    assertThat(loss(graph, data)).isLessThan(trained);
  }

  @Test
  void a_graph_that_was_trained_and_folded_survives_saving_with_its_updater() throws IOException {
    Net net = Net.nchw(1);
    decomposed(net);
    SameDiff graph = net.graph();
    lossOf(graph, "end");
    graph.setTrainingConfig(training());
    DataSet data = new DataSet(net.gaussian(1, 8, 3, 9, 7), net.gaussian(1, 8, 4));
    graph.fit(data);
    BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs("end"));
    graph.fit(data);
    File file = folder.resolve("trained.fb").toFile();
    graph.save(file, true);
    SameDiff loaded = SameDiff.load(file, true);
    assertThat(loss(loaded, data)).isEqualTo(loss(graph, data));
    loaded.fit(data);
  }

  /** A norm written as arithmetic with trainable constants: SameDiff has its gradient. */
  private static void decomposed(Net net) {
    net.image(3, 9, 7)
        .conv(6, 3, Padding.SAME)
        .apply(v -> v.sub("centred", net.constant("mean", 6, 1, 1)))
        .apply(v -> v.mul("scaled", net.weight("gamma", 6, 1, 1)))
        .apply(v -> v.add("shifted", net.weight("beta", 6, 1, 1)))
        .relu()
        .globalPool()
        .dense(4)
        .apply(v -> net.graph().identity("end", v));
  }
}
