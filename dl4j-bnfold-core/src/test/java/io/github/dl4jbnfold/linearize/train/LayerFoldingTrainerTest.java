package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.layers.GatePenalty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** All phases of layer folding in a row. */
class LayerFoldingTrainerTest {
  private static final DataSet TRAIN = Trained.clouds(200, 1);
  private static final Epochs DATA = Epochs.shuffled(TRAIN, 20);
  private static final Validation VALIDATION = Trained.accuracy(Trained.clouds(200, 2));
  private static MultiLayerNetwork original = Trained.mlp(new Adam(0.02), 5, 8, 2);

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    new FineTuning.Builder(DATA, 60).build().run(original);
  }

  private static LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer() {
    return new LayerFoldingTrainer.Builder<>(original, MlpGates::gated, MlpGates::ungated)
        .data(DATA)
        .validation(VALIDATION)
        .updater(new Nesterovs(0.01, 0.9))
        .steps(25, 15);
  }

  @Test
  void gates_that_are_not_needed_become_linear() {
    INDArray before = original.params().dup();

    LayerFoldingResult<MultiLayerNetwork> result = trainer().baseline(true).build().run();

    assertThat(result.linear()).containsExactly("a0", "a1");
    assertThat(result.alphas().values()).allSatisfy(alpha -> assertThat(alpha).isEqualTo(1));
    assertThat(result.network().getLayers())
        .noneMatch(layer -> layer.conf().getLayer() instanceof GateLayer);
    assertThat(result.scores().original()).isEqualTo(VALIDATION.of(original));
    assertThat(result.scores().afterFineTuning())
        .isEqualTo(VALIDATION.of(result.network()))
        .isGreaterThan(0.85);
    assertThat(result.scores().afterMerging()).isEqualTo(result.scores().beforeMerging());
    assertThat(result.scores().baseline()).isGreaterThan(0.85);
    assertThat(result.history())
        .extracting(EpochResult::phase)
        .containsExactly(
            Phase.BASELINE,
            Phase.BASELINE,
            Phase.BASELINE,
            Phase.BASELINE,
            Phase.PRE_FOLDING,
            Phase.PRE_FOLDING,
            Phase.PRE_FOLDING,
            Phase.POST_FOLDING,
            Phase.POST_FOLDING);
    assertThat(result.history().get(4).alphas().get("a0")).isStrictlyBetween(0.1, 1.0);
    assertThat(result.history().get(7).alphas()).isEmpty();
    assertThat(original.params()).isEqualTo(before);
  }

  @Test
  void without_a_penalty_and_with_gates_at_0_nothing_does() {
    LayerFoldingResult<MultiLayerNetwork> result =
        trainer().penalty(0, 2).gates(0, 1).distillation(0).build().run();

    assertThat(result.linear()).isEmpty();
    assertThat(result.network().getnLayers()).isEqualTo(original.getnLayers());
  }

  @Test
  void gates_are_equipped_as_stated() {
    List<MultiLayerNetwork> gated = new ArrayList<>();
    trainer()
        .penalty(0.5, 1)
        .gates(0.2, 5)
        .costs(Map.of("a1", 3.0))
        .steps(0, 0)
        .selection(
            (network, alphas) -> {
              gated.add(network);
              return Set.of();
            })
        .build()
        .run();

    MultiLayerNetwork network = gated.get(0);
    GateLayer first = (GateLayer) network.getLayer(2).conf().getLayer();
    GateLayer second = (GateLayer) network.getLayer(5).conf().getLayer();
    assertThat(first.penalty()).isEqualTo(new GatePenalty(0.5, 1));
    assertThat(second.penalty()).isEqualTo(new GatePenalty(1.5, 1));
    assertThat(GateLayer.alpha(network.getLayer(2))).isEqualTo(0.2, within(1e-7));
    assertThat(first.getUpdaterByParam(GateLayer.ALPHA).getLearningRate(0, 0))
        .isEqualTo(0.05, within(1e-7));
    assertThat(network.getLayer(0).conf().getLayer().getUpdaterByParam("W"))
        .isEqualTo(new Nesterovs(0.01, 0.9));
    assertThat(network.getLayer(0).params()).isEqualTo(original.getLayer(0).params());
  }

  @Test
  void a_function_may_choose() {
    LayerFoldingResult<MultiLayerNetwork> result =
        trainer().steps(3, 3).selection((network, alphas) -> Set.of("a1")).build().run();

    assertThat(result.linear()).containsExactly("a1");
    assertThatThrownBy(() -> trainer().steps(1, 1).selection((n, a) -> Set.of("b")).build().run())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("[b]")
        .hasMessageContaining("[a0, a1]");
  }

  @Test
  void costs_of_gates_that_there_are_not_are_refused() {
    assertThatThrownBy(() -> trainer().costs(Map.of("a7", 1.0)).build().run())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("[a7]");
  }

  @Test
  void a_network_without_gates_is_refused() {
    assertThatThrownBy(
            () ->
                new LayerFoldingTrainer.Builder<MultiLayerNetwork>(
                        original, network -> network, (gated, linear) -> gated)
                    .data(DATA)
                    .validation(VALIDATION)
                    .steps(1, 1)
                    .build()
                    .run())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("no gates");
  }

  @Test
  void a_loss_that_knows_no_teacher_is_refused_before_anything_is_trained() {
    MultiLayerNetwork other =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(
                    new OutputLayer.Builder(LossFunction.MEAN_ABSOLUTE_ERROR)
                        .nIn(5)
                        .nOut(3)
                        .build())
                .build());
    other.init();

    assertThatThrownBy(
            () ->
                new LayerFoldingTrainer.Builder<MultiLayerNetwork>(
                        other, network -> network, (gated, linear) -> gated)
                    .data(DATA)
                    .validation(VALIDATION)
                    .steps(1, 1)
                    .build())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("Maybe");
  }

  @Test
  void a_cap_ends_pre_folding_before_more_is_lost() {
    // A network with one activation cannot do without it, but the penalty has its way.
    DataSet spirals = Trained.spirals(600, 1);
    Epochs data = Epochs.shuffled(spirals, 30);
    MultiLayerNetwork network = Trained.mlp(new Adam(0.01), 16, 16, 1);
    new FineTuning.Builder(data, 400).build().run(network);
    LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer =
        new LayerFoldingTrainer.Builder<>(network, MlpGates::gated, MlpGates::ungated)
            .data(data)
            .validation(Trained.accuracy(spirals))
            .penalty(2, 1)
            .gates(0, 0.3)
            .updater(new Nesterovs(0.001, 0.9))
            .steps(240, 0);

    LayerFoldingResult<MultiLayerNetwork> free = trainer.build().run();
    LayerFoldingResult<MultiLayerNetwork> capped = trainer.cap(0.03).build().run();

    double original = capped.scores().original();
    assertThat(free.scores().beforeMerging()).isLessThan(original - 0.03);
    assertThat(capped.scores().beforeMerging()).isGreaterThanOrEqualTo(original - 0.03);
    List<EpochResult> history = capped.history();
    assertThat(history).hasSizeBetween(2, free.history().size() - 1);
    assertThat(history.get(history.size() - 1).score()).isLessThan(original - 0.03);
    assertThat(capped.alphas()).isEqualTo(history.get(history.size() - 2).alphas());
  }

  @Test
  void a_graph_goes_the_same_way() {
    DataSet lines = Trained.lines(200, 1);
    Epochs data = Epochs.shuffled(lines, 25);
    ComputationGraph graph = Trained.convolutional(new Adam(0.02));
    new FineTuning.Builder(data, 80).build().run(graph);

    LayerFoldingTrainer.Builder<ComputationGraph> trainer =
        new LayerFoldingTrainer.Builder<>(graph, GraphGates::gated, GraphGates::ungated)
            .data(data)
            .validation(Trained.accuracy(Trained.lines(200, 2)))
            .steps(30, 20)
            .penalty(1, 2)
            .updater(new Adam(0.01));
    LayerFoldingResult<ComputationGraph> result = trainer.build().run();
    LayerFoldingResult<ComputationGraph> again =
        trainer.checkpoints(new Checkpoints(folder, 1), 10).build().run();

    assertThat(result.alphas()).containsOnlyKeys("relu");
    assertThat(result.alphas().get("relu")).isGreaterThan(0.1);
    assertThat(result.network().getLayer("relu").conf().getLayer())
        .isInstanceOf(ActivationLayer.class);
    assertThat(again.network().params()).isEqualTo(result.network().params());
    assertThat(again.scores()).isEqualTo(result.scores());
  }

  @Test
  void data_that_do_not_fit_are_refused_unless_nobody_asks() {
    DataSet soft = TRAIN.copy();
    soft.getLabels().muli(0.8);

    assertThatThrownBy(() -> trainer().data(Epochs.shuffled(soft, 20)).build().run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not one-hot");
    trainer().data(Epochs.shuffled(soft, 20)).check(null).steps(2, 2).build().run();
  }

  @Test
  void the_result_has_plain_updaters() {
    LayerFoldingResult<MultiLayerNetwork> result =
        trainer().updater(new Nesterovs(new CosineSchedule(0.02, 20, 0, 0.01), 0.9)).build().run();

    String json = result.network().getLayerWiseConfigurations().toJson();
    assertThat(json).doesNotContain("dl4jbnfold");
    assertThat(result.network().getIterationCount()).isZero();
  }

  @Test
  void killed_anywhere_it_goes_on_and_ends_with_the_same_bits() {
    LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer = trainer().baseline(true);
    LayerFoldingResult<MultiLayerNetwork> whole = trainer.build().run();
    Set<Phase> killed = new TreeSet<>();

    trainer.checkpoints(new Checkpoints(folder, 2), 4);
    for (int[] kill : new int[][] {{1, 7}, {1, 40}, {2, 1}, {2, 11}, {2, 25}, {3, 2}, {3, 15}}) {
      trainer.progress(
          step -> {
            if (step.phase().number() == kill[0] && step.step() == kill[1]) {
              killed.add(step.phase());
              throw new IllegalStateException("killed");
            }
          });
      assertThatThrownBy(() -> trainer.build().run()).hasMessage("killed");
    }
    LayerFoldingResult<MultiLayerNetwork> resumed = trainer.progress(step -> {}).build().run();

    assertThat(killed).hasSize(3);
    assertThat(resumed.network().params().dup('c').data().asBytes())
        .isEqualTo(whole.network().params().dup('c').data().asBytes());
    assertThat(resumed.scores()).isEqualTo(whole.scores());
    assertThat(resumed.alphas()).isEqualTo(whole.alphas());
    assertThat(resumed.linear()).isEqualTo(whole.linear());
    assertThat(resumed.history()).isEqualTo(whole.history());
  }

  @Test
  void other_options_than_those_of_the_checkpoint_are_refused() {
    trainer().checkpoints(new Checkpoints(folder, 2), 100).build().run();

    assertThatThrownBy(
            () ->
                trainer()
                    .penalty(0.1, 2)
                    .checkpoints(new Checkpoints(folder, 2), 100)
                    .build()
                    .run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("its penalty is 0.25, not 0.1");
  }

  @Test
  void spirals_need_some_of_three_hidden_layers_and_not_all() {
    DataSet train = Trained.spirals(1500, 1);
    Validation validation = Trained.accuracy(Trained.spirals(500, 2));
    Epochs data = Epochs.shuffled(train, 50);
    MultiLayerNetwork network = Trained.mlp(new Adam(0.01), 16, 32, 3);
    new FineTuning.Builder(data, 400).build().run(network);

    LayerFoldingResult<MultiLayerNetwork> result =
        new LayerFoldingTrainer.Builder<>(network, MlpGates::gated, MlpGates::ungated)
            .data(data)
            .validation(validation)
            .steps(400, 200)
            .build()
            .run();

    assertThat(result.scores().original()).isGreaterThan(0.95);
    assertThat(result.scores().afterFineTuning()).isGreaterThan(0.95);
    assertThat(result.linear()).isNotEmpty().hasSizeLessThan(3);
  }
}
