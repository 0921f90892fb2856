package io.github.dl4jbnfold.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Branches, flags and control dependencies. ND4J's sessions keep what a branch computed in an
 * earlier run, so each run here is the first of a copy.
 */
class ControlFlowTest {
  /** Two layers, of which the condition chooses one, between two others. */
  private static SameDiff branches(Net net, SDVariable condition, SDVariable input) {
    SameDiff graph = net.graph();
    String shared = net.node(input, 4).matmul(4).batchNorm().name();
    SDVariable chosen =
        graph.ifCond(
            "chosen",
            "if",
            sd -> condition,
            sd -> net.node(sd.getVariable(shared), 4).matmul(4).batchNorm().variable(),
            sd -> net.node(sd.getVariable(shared), 4).matmul(4).batchNorm().variable());
    net.node(chosen, 4).matmul(3).batchNorm(Gamma.MIXED, 1, 3, 1e-3).sigmoid().output();
    return graph;
  }

  private static SameDiff branchesByFlag(Net net) {
    SDVariable flag = net.graph().placeHolder("flag", DataType.BOOL);
    return branches(net, flag, net.placeholder("x", -1, 4).variable());
  }

  private static SameDiff branchesByInput(Net net) {
    SDVariable x = net.placeholder("x", -1, 4).variable();
    return branches(net, x.sum("sum").gt("positive", 0), x);
  }

  private static INDArray run(SameDiff graph, Map<String, INDArray> inputs) {
    return graph.dup().output(inputs, "sigmoid").get("sigmoid").dup();
  }

  private static void areEqual(SameDiff before, SameDiff after, Map<String, INDArray> inputs) {
    Agreement agreement =
        Agreement.of(Map.of("sigmoid", run(before, inputs)), Map.of("sigmoid", run(after, inputs)));
    assertThat(agreement.maxRelativeError()).isLessThan(1e-9);
  }

  @Test
  void norms_in_front_of_a_flag_and_behind_it_go_and_both_branches_stay_right() {
    Net net = Net.nchw(1);
    SameDiff graph = branchesByFlag(net);
    SameDiff before = graph.dup();

    FoldReport report = BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs("sigmoid"));

    assertThat(report.removed()).contains("bn", "bn_3");
    for (boolean flag : new boolean[] {true, false}) {
      areEqual(before, graph, Map.of("x", net.gaussian(1, 3, 4), "flag", Nd4j.scalar(flag)));
    }
  }

  @Test
  void every_norm_of_a_branch_is_reported_whether_a_run_took_it_or_not() {
    Net net = Net.nchw(1);
    SameDiff graph = branchesByFlag(net);

    FoldReport report = BatchNormFolding.plan(graph, FoldingOptions.defaults().outputs("sigmoid"));

    assertThat(report.batchNorms()).isEqualTo(4);
    assertThat(report.kept())
        .extracting(KeptNorm::reason)
        .containsOnly(Reason.UNSUPPORTED_FORM)
        .hasSize(2);
    assertThat(report.kept()).allSatisfy(kept -> assertThat(kept.remedy()).isNotBlank());
  }

  @Test
  void a_norm_that_reads_a_branch_itself_is_reported() {
    Net net = Net.nchw(1);
    Node x = net.placeholder("x", -1, 4);
    SDVariable flag = net.graph().placeHolder("flag", DataType.BOOL);
    SDVariable chosen =
        net.graph()
            .ifCond(
                "chosen",
                "if",
                sd -> flag,
                sd -> sd.math().tanh(x.variable()),
                sd -> sd.math().sin(x.variable()));
    net.node(chosen, 4).batchNorm(Gamma.MIXED, 1, 4, 1e-3).matmul(3).sigmoid().output();
    SameDiff before = net.graph().dup();

    FoldReport report = BatchNormFolding.fold(net.graph());

    assertThat(report.removed()).containsExactly("bn");
    for (boolean taken : new boolean[] {true, false}) {
      areEqual(before, net.graph(), Map.of("x", net.gaussian(1, 3, 4), "flag", Nd4j.scalar(taken)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void a_branch_that_depends_on_the_data_stays_right_whichever_was_taken_first(long seed) {
    Net net = Net.nchw(seed);
    SameDiff graph = branchesByInput(net);
    SameDiff before = graph.dup();
    run(graph, Map.of("x", net.gaussian(1, 3, 4)));

    FoldReport report = BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs("sigmoid"));

    assertThat(report.batchNorms()).isEqualTo(4);
    assertThat(report.removed()).contains("bn", "bn_3");
    for (double mean : new double[] {1, -1}) {
      areEqual(before, graph, Map.of("x", net.gaussian(0.3, 3, 4).addi(mean)));
    }
  }

  @Test
  void a_branch_that_was_taken_in_an_earlier_run_does_not_answer_in_a_later_one() {
    SameDiff graph = branchesByFlag(Net.nchw(1));
    SameDiff other = graph.dup();
    Set<String> outputs = Set.of("sigmoid");
    Probe one = Probe.create(graph, outputs, Map.of(), 1);
    Probe two = one.ofOtherSizes(graph, 2);

    for (Probe probe : List.of(one, two, one)) {
      Map<String, INDArray> alone = probe.run(other.dup(), outputs);
      assertThat(Agreement.of(alone, probe.run(graph, outputs))).isEqualTo(Agreement.EXACT);
    }
  }

  @Test
  void a_norm_that_another_operator_waits_for_stays_and_is_reported() {
    Net net = Net.nchw(1);
    Node input = net.placeholder("x", -1, 4);
    Node norm = input.matmul(5).batchNorm();
    norm.sigmoid().output();
    SDVariable waiting = net.graph().math().tanh("waiting", input.variable());
    waiting.addControlDependency(norm.variable());

    FoldReport report =
        BatchNormFolding.fold(
            net.graph(), FoldingOptions.defaults().outputs(List.of("sigmoid", "waiting")));

    assertThat(report.batchNorms()).isEqualTo(1);
    assertThat(report.kept()).extracting(KeptNorm::reason).containsExactly(Reason.UNSUPPORTED_FORM);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "FLOAT", "INT", "LONG", "BOOL"})
  void an_input_without_axes_of_any_type_is_no_obstacle(DataType type) {
    Net net = Net.nchw(1);
    SDVariable factor = net.graph().placeHolder("factor", type).castTo(DataType.DOUBLE);
    net.placeholder("x", -1, 4).matmul(5).batchNorm().apply(v -> v.mul(factor)).sigmoid().output();
    SameDiff before = net.graph().dup();

    FoldReport report = BatchNormFolding.fold(net.graph());

    assertThat(report.removed()).containsExactly("bn");
    INDArray one = Nd4j.scalar(1).castTo(type);
    areEqual(before, net.graph(), Map.of("x", net.gaussian(1, 3, 4), "factor", one));
  }

  @Test
  void an_input_without_axes_may_be_stated_to_have_none() {
    Net net = Net.nchw(1);
    SDVariable flag = net.graph().placeHolder("flag", DataType.BOOL).castTo(DataType.DOUBLE);
    net.placeholder("x", -1, 4).matmul(5).batchNorm().apply(v -> v.mul(flag)).sigmoid().output();

    FoldReport report =
        BatchNormFolding.fold(net.graph(), FoldingOptions.defaults().inputShape("flag"));

    assertThat(report.removed()).containsExactly("bn");
  }
}
