package io.github.dl4jbnfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Apart;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.samediff.GateTraining;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.Validation;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.impl.ScoreListener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Layer folding of SameDiff graphs as a user calls it. */
class SameDiffLayerFoldingTest {
  private static final GraphFoldingOptions OPTIONS =
      GraphFoldingOptions.defaults().outputs("out").costs(Costs.DEPTH);

  private final Net net = Net.nchw(6);

  /**
   * conv → BN → relu "a0" → conv → relu "a1" → conv, all padded, and the squares of its distance.
   */
  private SameDiff graph() {
    Node image = net.image(2, 6, 5);
    Node first =
        net.node(net.graph().nn().relu("a0", layer(image, 3).batchNorm().variable(), 0), 3);
    Node second = net.node(net.graph().nn().relu("a1", layer(first, 4).variable(), 0), 4);
    SDVariable out = layer(second, 2).variable().rename("out");
    SDVariable label = net.graph().placeHolder("label", net.type(), -1, 2, 6, 5);
    net.graph().loss().meanSquaredError("loss", label, out, null);
    net.graph().setLossVariables("loss");
    net.graph()
        .setTrainingConfig(
            new TrainingConfig.Builder()
                .updater(new Adam(0.01))
                .dataSetFeatureMapping(image.name())
                .dataSetLabelMapping("label")
                .build());
    return net.graph();
  }

  private static Node layer(Node in, int channels) {
    return in.conv(channels, 3, Padding.of(1));
  }

  private INDArray output(SameDiff graph, INDArray image) {
    String input = graph.getTrainingConfig().getDataSetFeatureMapping().get(0);
    return graph.output(Map.of(input, image), "out").get("out").dup();
  }

  private static List<String> types(SameDiff graph) {
    return graph.getOps().values().stream().map(op -> op.getOp().opName()).toList();
  }

  @Test
  void a_graph_is_prepared_trained_and_converted_and_stays_as_it_was() {
    SameDiff graph = graph();
    List<String> before = types(graph);
    INDArray image = net.gaussian(1, 4, 2, 6, 5);
    INDArray answer = output(graph, image);

    LayerFolding.Prepared<SameDiff> prepared = LayerFolding.prepare(graph, OPTIONS);
    assertThat(prepared.gates()).containsExactly("a0", "a1");
    assertThat(LayerFolding.alphas(prepared.network())).isEqualTo(Map.of("a0", 0.1, "a1", 0.1));
    for (int i = 0; i < 3; i++) {
      prepared.network().fit(new DataSet(image, net.gaussian(1, 4, 2, 6, 5)));
    }
    prepared.network().getVariable("a1_gate_alpha").getArr().assign(1);
    assertThat(LayerFolding.above(prepared.network(), 0.9)).containsExactly("a1");

    LayerFolding.Converted<SameDiff> merged =
        LayerFolding.convert(prepared.network(), Set.of("a1"), OPTIONS);
    assertThat(merged.report().merged()).hasSize(1);
    assertThat(merged.report().maxRelativeError()).isLessThan(1e-9);
    assertThat(types(merged.network()).stream().filter("conv2d"::equals)).hasSize(2);
    assertThat(types(merged.network())).containsOnlyOnce("relu");
    assertThat(LayerFolding.alphas(merged.network())).isEmpty();

    prepared.network().getVariable("a0_gate_alpha").getArr().assign(0);
    assertThat(
            Agreement.of(output(prepared.network(), image), output(merged.network(), image))
                .maxRelativeError())
        .isLessThan(1e-9);
    assertThat(types(graph)).isEqualTo(before).contains("batchnorm");
    assertThat(output(graph, image)).isEqualTo(answer);
    merged.network().fit(new DataSet(image, answer));
  }

  @Test
  void the_frontier_of_a_graph_says_what_each_depth_costs_in_quality() {
    SameDiff graph = graph();
    INDArray image = net.gaussian(1, 4, 2, 6, 5);
    INDArray wanted = output(graph, image);
    Frontier frontier =
        LayerFolding.frontier(
            graph,
            gated -> output(gated, image).squaredDistance(wanted),
            OPTIONS,
            (done, all) -> assertThat(done).isLessThanOrEqualTo(all));
    assertThat(frontier.costBefore()).isEqualTo(LayerFolding.depth(graph)).isEqualTo(3);
    assertThat(frontier.losing(0).linear()).isEmpty();
    for (Choice choice : frontier.choices()) {
      LayerFolding.Converted<SameDiff> linear =
          LayerFolding.linearize(graph, choice.linear(), OPTIONS);
      assertThat(LayerFolding.depth(linear.network())).isEqualTo((int) choice.cost());
      assertThat(linear.report().depthAfter()).isEqualTo((int) choice.cost());
    }
    Choice one = frontier.within(0.7);
    SameDiff unpadded =
        LayerFolding.linearize(graph, one.linear(), OPTIONS.padding(PaddingScope.NONE)).network();
    assertThat(output(unpadded, image).squaredDistance(wanted)).isCloseTo(one.loss(), within(1e-9));
  }

  @Test
  void operators_that_stay_apart_are_reported_with_the_padding_that_would_have_helped() {
    SameDiff graph = graph();
    LayerFoldingReport report =
        LayerFolding.linearize(graph, Set.of("a1"), OPTIONS.padding(PaddingScope.NONE)).report();
    assertThat(report.apart()).hasSize(1);
    assertThat(report.apart().get(0).reason()).isEqualTo(Apart.Reason.BORDER);
    assertThat(report.apart().get(0).remedy()).contains("BLOCKS", "2 × 2");
    assertThat(LayerFolding.candidates(graph, OPTIONS).stream().map(Candidate::gates))
        .contains(Set.of("a0"), Set.of("a0", "a1"), Set.of("a1"));
  }

  @Test
  void without_padding_in_front_and_at_alpha_0_the_prepared_graph_is_the_original() {
    SameDiff graph = graph();
    INDArray image = net.gaussian(1, 4, 2, 6, 5);

    SameDiff prepared =
        LayerFolding.prepare(
                graph, OPTIONS.padding(PaddingScope.NONE).gates(gates -> gates.start(0)))
            .network();

    assertThat(Agreement.of(output(graph, image), output(prepared, image)).maxRelativeError())
        .isLessThan(1e-9);
  }

  @Test
  void gates_are_those_that_the_options_say() {
    SameDiff prepared =
        LayerFolding.prepare(
                graph(),
                OPTIONS
                    .penalty(0.5, 1)
                    .gates(gates -> gates.where("a1"::equals).start(0.3).rate(3)))
            .network();

    assertThat(LayerFolding.alphas(prepared)).isEqualTo(Map.of("a1", 0.3));
    assertThat(prepared.output(Map.of(), "gate_penalty").get("gate_penalty").getDouble(0))
        .isCloseTo(0.5 * 0.7, within(1e-12));
    assertThat(((GateTraining) prepared.getListeners().get(0)).rate()).isEqualTo(3);
  }

  @Test
  void a_shape_that_the_graph_does_not_declare_is_stated() {
    SDVariable in = net.graph().placeHolder("in", net.type());
    SDVariable first = layer(net.node(in, 2), 3).variable();
    layer(net.node(net.graph().nn().relu("a0", first, 0), 3), 2).variable().rename("out");
    GraphFoldingOptions free = OPTIONS.penalty(0, 2).gates(gates -> gates.penalties(name -> null));

    assertThatThrownBy(() -> LayerFolding.prepare(net.graph(), free))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("state the shapes");

    GraphFoldingOptions stated = free.inputShape("in", 2, 2, 6, 5);
    SameDiff prepared = LayerFolding.prepare(net.graph(), stated).network();
    SameDiff converted = LayerFolding.convert(prepared, Set.of("a0"), stated).network();
    assertThat(types(converted)).doesNotContain("relu");
  }

  @Test
  void listeners_go_with_the_graph() {
    SameDiff graph = graph();
    ScoreListener listener = new ScoreListener(1000);
    graph.setListeners(listener);

    SameDiff prepared = LayerFolding.prepare(graph, OPTIONS).network();
    SameDiff merged = LayerFolding.convert(prepared, Set.of(), OPTIONS).network();

    assertThat(prepared.getListeners()).hasSize(2).contains(listener);
    assertThat(merged.getListeners()).containsExactly(listener);
    assertThat(graph.getListeners()).containsExactly(listener);
  }

  @Test
  void a_gate_that_there_is_not_is_refused() {
    SameDiff prepared = LayerFolding.prepare(graph(), OPTIONS).network();

    assertThatThrownBy(() -> LayerFolding.convert(prepared, Set.of("b"), OPTIONS))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("'b'");
  }

  @Test
  void a_graph_whose_batch_normalizations_stay_cannot_be_trained() {
    assertThatThrownBy(() -> LayerFolding.prepare(graph(), OPTIONS.foldingBatchNorms(false)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("has no gradient in ND4J");
  }

  @Test
  void without_outputs_a_trainer_asks_for_them() {
    assertThatThrownBy(
            () -> LayerFolding.trainer(graph(), GraphFoldingOptions.defaults(), report -> {}))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("Maybe state the outputs");
  }

  @Test
  void a_graph_that_maximizes_gets_no_gates_from_a_trainer() {
    SameDiff graph = graph();
    graph.getTrainingConfig().setMinimize(false);
    DataSet data =
        new DataSet(Nd4j.ones(net.type(), 4, 2, 6, 5), Nd4j.ones(net.type(), 4, 2, 6, 5));

    assertThatThrownBy(
            () ->
                LayerFolding.trainer(graph, OPTIONS, report -> {})
                    .data(Epochs.shuffled(data, 2))
                    .validation(Validation.loss(() -> Epochs.shuffled(data, 2).epoch(1)))
                    .steps(2, 2)
                    .build()
                    .run())
        .hasMessageContaining("maximizes");
  }

  @Test
  void padding_moves_only_for_operators_with_an_activation_between_them() {
    Node image = net.image(2, 6, 5);
    layer(layer(image, 3), 2).relu().variable().rename("out");
    INDArray x = net.gaussian(1, 4, 2, 6, 5);
    GraphFoldingOptions still =
        OPTIONS.expecting(gate -> false).gates(gates -> gates.start(0).penalties(name -> null));

    SameDiff prepared = LayerFolding.prepare(net.graph(), still).network();

    INDArray before = net.graph().outputSingle(Map.of(image.name(), x), "out");
    INDArray after = prepared.outputSingle(Map.of(image.name(), x), "out");
    assertThat(Agreement.of(before, after).maxRelativeError()).isLessThan(1e-12);
  }
}
