package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.LayerFolding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;

/** All phases of layer folding of a SameDiff graph in a row. */
class GraphFoldingTrainerTest {
  private static final DataSet TRAIN = Trained.clouds(130, 1);
  private static final Epochs DATA = Epochs.shuffled(TRAIN, 20);
  private static final Validation VALIDATION = Trained.accuracy(Trained.clouds(150, 2));
  private static SameDiff original = TrainedGraphs.mlp(new Adam(0.02));

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    new FineTuning.Builder(DATA, 60).build().run(TrainedGraphs.trainee(original));
  }

  private static LayerFoldingTrainer.Builder<SameDiff> trainer() {
    return LayerFolding.trainer(original, TrainedGraphs.OPTIONS, report -> {})
        .data(DATA)
        .validation(VALIDATION)
        .updater(new Nesterovs(0.01, 0.9))
        .steps(25, 15);
  }

  private static List<String> types(SameDiff graph) {
    return graph.getOps().values().stream().map(op -> op.getOp().opName()).toList();
  }

  @Test
  void gates_that_are_not_needed_become_linear_and_their_layers_one() {
    INDArray before = TrainedGraphs.parameters(original);

    LayerFoldingResult<SameDiff> result = trainer().penalty(1, 1).baseline(true).build().run();

    assertThat(result.linear()).containsExactly("a0", "a1");
    assertThat(result.alphas().values()).allSatisfy(alpha -> assertThat(alpha).isEqualTo(1));
    assertThat(types(result.network())).doesNotContain("relu");
    assertThat(types(result.network()).stream().filter("matmul"::equals)).hasSize(1);
    assertThat(result.scores().original())
        .isEqualTo(VALIDATION.of(TrainedGraphs.trainee(original)));
    assertThat(result.scores().afterFineTuning())
        .isEqualTo(VALIDATION.of(TrainedGraphs.trainee(result.network())))
        .isGreaterThan(0.85);
    assertThat(result.scores().afterMerging()).isEqualTo(result.scores().beforeMerging());
    assertThat(result.scores().baseline()).isGreaterThan(0.85);
    assertThat(result.history())
        .extracting(EpochResult::phase)
        .startsWith(Phase.BASELINE)
        .contains(Phase.PRE_FOLDING)
        .endsWith(Phase.POST_FOLDING);
    assertThat(result.network().getLossVariables()).containsExactly("loss");
    assertThat(result.network().getListeners()).isEmpty();
    assertThat(TrainedGraphs.parameters(original)).isEqualTo(before);
  }

  @Test
  void without_a_penalty_and_with_gates_at_0_nothing_does() {
    LayerFoldingResult<SameDiff> result =
        trainer().penalty(0, 2).gates(0, 1).distillation(0).build().run();

    assertThat(result.linear()).isEmpty();
    assertThat(types(result.network())).isEqualTo(types(original));
  }

  @Test
  void a_graph_with_batch_normalizations_is_trained_without_them() {
    SameDiff graph = TrainedGraphs.convolutional(new Adam(0.02));
    DataSet lines = Trained.lines(60, 1);
    Validation validation = Trained.accuracy(lines);

    LayerFoldingResult<SameDiff> result =
        LayerFolding.trainer(graph, TrainedGraphs.OPTIONS, report -> {})
            .data(Epochs.shuffled(lines, 16))
            .validation(validation)
            .updater(new Adam(0.01))
            .steps(10, 16)
            .baseline(true)
            .selection((network, alphas) -> Set.of("a0"))
            .build()
            .run();

    assertThat(result.scores().original()).isEqualTo(validation.of(TrainedGraphs.trainee(graph)));
    assertThat(types(graph)).contains("batchnorm");
    assertThat(types(result.network())).doesNotContain("batchnorm").containsOnlyOnce("relu");
    assertThat(types(result.network()).stream().filter("conv2d"::equals)).hasSize(1);
    assertThat(result.scores().baseline()).isGreaterThanOrEqualTo(result.scores().original());
  }

  @Test
  void a_function_may_choose_by_the_graph_and_its_alphas() {
    List<Map<String, Double>> seen = new ArrayList<>();
    LayerFoldingResult<SameDiff> result =
        trainer()
            .steps(3, 3)
            .selection(
                (network, alphas) -> {
                  seen.add(LayerFolding.alphas(network));
                  seen.add(alphas);
                  return Set.of("a1");
                })
            .build()
            .run();

    assertThat(result.linear()).containsExactly("a1");
    assertThat(seen.get(0)).isEqualTo(seen.get(1)).containsOnlyKeys("a0", "a1");
    assertThat(types(result.network())).containsOnlyOnce("relu");
  }

  @Test
  void costs_of_gates_that_there_are_not_are_refused() {
    assertThatThrownBy(() -> trainer().costs(Map.of("a7", 1.0)).build().run())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("[a7]")
        .hasMessageContaining("[a0, a1]");
  }

  @Test
  void progress_tells_phases_losses_and_alphas() {
    List<TrainingStep> steps = new ArrayList<>();
    trainer().steps(8, 3).baseline(true).progress(steps::add).build().run();

    assertThat(steps).hasSize(11 + 8 + 3);
    assertThat(steps).allSatisfy(step -> assertThat(step.loss()).isBetween(0.0, 5.0));
    assertThat(steps.get(11).alphas().get("a0")).isStrictlyBetween(0.1, 0.3);
    assertThat(steps.get(21).alphas()).isEmpty();
  }

  @Test
  void with_a_cap_pre_folding_ends_with_the_last_good_gates() {
    LayerFoldingResult<SameDiff> result =
        trainer().cap(0.0001).updater(new Nesterovs(0.05, 0.9)).penalty(3, 2).build().run();

    assertThat(result.scores().beforeMerging())
        .isGreaterThanOrEqualTo(result.scores().original() - 0.0001);
  }

  @Test
  void post_folding_loses_patience() {
    LayerFoldingResult<SameDiff> result =
        trainer().steps(5, 200).patience(2).updater(new Nesterovs(1e-9, 0)).build().run();

    assertThat(result.history().get(result.history().size() - 1).step()).isLessThan(200);
  }

  @ParameterizedTest
  @EnumSource(value = Phase.class, names = "FINE_TUNING", mode = EnumSource.Mode.EXCLUDE)
  void a_training_that_was_killed_in_any_phase_ends_with_the_same_bits(Phase phase) {
    LayerFoldingResult<SameDiff> whole = adam().build().run();

    LayerFoldingTrainer.Builder<SameDiff> remembered =
        adam().checkpoints(new Checkpoints(folder, 2), 2);
    for (long dies : new long[] {5, 9}) {
      remembered.progress(
          step -> {
            if (step.phase() == phase && step.step() == dies) {
              throw new IllegalStateException("killed");
            }
          });
      assertThatThrownBy(() -> remembered.build().run()).hasMessage("killed");
      Nd4j.randn(3, 3); // Another process has other random numbers.
    }
    LayerFoldingResult<SameDiff> resumed = remembered.progress(step -> {}).build().run();

    INDArray expected = TrainedGraphs.parameters(whole.network());
    assertThat(TrainedGraphs.parameters(resumed.network()).data().asBytes())
        .isEqualTo(expected.data().asBytes());
    assertThat(resumed.history()).isEqualTo(whole.history());
    assertThat(resumed.scores()).isEqualTo(whole.scores());
    assertThat(resumed.alphas()).isEqualTo(whole.alphas());
  }

  private static LayerFoldingTrainer.Builder<SameDiff> adam() {
    return trainer()
        .updater(new Adam(new CosineSchedule(0.02, 20, 4, 0.01)))
        .baseline(true)
        .selection((network, alphas) -> Set.of("a1"))
        .steps(10, 11);
  }

  @Test
  void checkpoints_of_a_network_of_another_class_are_refused() {
    Checkpoints checkpoints = new Checkpoints(folder, 2);
    new FineTuning.Builder(DATA, 3)
        .checkpoints(checkpoints, 1)
        .build()
        .run(Trained.dropout(new Adam(0.02)));

    assertThatThrownBy(() -> trainer().checkpoints(checkpoints, 1).build().run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has a MultiLayerNetwork, not a SameDiff");
  }

  @Test
  void checkpoints_of_another_graph_are_refused() {
    Checkpoints checkpoints = new Checkpoints(folder, 2);
    trainer().steps(2, 0).checkpoints(checkpoints, 1).build().run();
    SameDiff other = original.dup();
    other.getVariable("d0_b").getArr().addi(0.1);

    assertThatThrownBy(
            () ->
                LayerFolding.trainer(other, TrainedGraphs.OPTIONS, report -> {})
                    .data(DATA)
                    .validation(VALIDATION)
                    .updater(new Nesterovs(0.01, 0.9))
                    .steps(2, 0)
                    .checkpoints(checkpoints, 1)
                    .build()
                    .run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("original network");
  }
}
