package io.github.dl4jbnfold.examples.training;

import static io.github.dl4jbnfold.examples.training.GatedNetworks.OPTIONS;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.alphas;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.assertMoved;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.data;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.fit;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.reloaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.training.GatedNetworks.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingModelSaver;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileGraphSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.deeplearning4j.optimize.listeners.PerformanceListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks with gates in DL4J's own loops of training. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainingLoopsTest {
  private static final IUpdater ADAM = new Adam(0.005);

  /** Steps that take every α far out of its bounds. */
  private static final LayerFoldingOptions WILD = OPTIONS.rate(1e5).penalty(10, 1);

  @TempDir Path folder;

  /** A network that was saved goes on as the network itself: the moments of α were saved, too. */
  private void checkGoesOn(Model network) throws IOException {
    Model loaded = reloaded(network, folder);
    assertThat(loaded.params()).isEqualTo(network.params());
    fit(network, data(3, 9), 1);
    fit(loaded, data(3, 9), 1);
    assertThat(loaded.params()).isEqualTo(network.params());
    assertMoved(alphas(network));
  }

  @ParameterizedTest
  @EnumSource
  void fit_trains_gates_and_files_keep_their_moments(Kind kind) throws IOException {
    Model network = kind.network(ADAM, OPTIONS);

    fit(network, data(4, 1), 2);

    assertMoved(alphas(network));
    checkGoesOn(network);
  }

  private static <M extends Model> EarlyStoppingConfiguration<M> stopping(
      EarlyStoppingModelSaver<M> saver) {
    return new EarlyStoppingConfiguration.Builder<M>()
        .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
        .scoreCalculator(new DataSetLossCalculator(data(2, 2), true))
        .modelSaver(saver)
        .saveLastModel(true)
        .build();
  }

  private Model stopped(Model network, boolean inFiles) throws IOException {
    if (network instanceof ComputationGraph graph) {
      EarlyStoppingModelSaver<ComputationGraph> saver =
          inFiles ? new LocalFileGraphSaver(folder.toString()) : new InMemoryModelSaver<>();
      new EarlyStoppingGraphTrainer(stopping(saver), graph, data(4, 1)).fit();
      return saver.getLatestModel();
    }
    EarlyStoppingModelSaver<MultiLayerNetwork> saver =
        inFiles ? new LocalFileModelSaver(folder.toString()) : new InMemoryModelSaver<>();
    new EarlyStoppingTrainer(stopping(saver), (MultiLayerNetwork) network, data(4, 1)).fit();
    return saver.getLatestModel();
  }

  @ParameterizedTest
  @EnumSource
  void early_stopping_trains_them(Kind kind) throws IOException {
    for (boolean inFiles : new boolean[] {false, true}) {
      Model network = kind.network(ADAM, OPTIONS);

      Model saved = stopped(network, inFiles);

      assertMoved(alphas(saved));
      assertThat(alphas(saved)).isEqualTo(alphas(network));
      checkGoesOn(saved);
    }
  }

  /**
   * Not layers with shared gradients, where DL4J 1.0.0-M2.1 may wait for ever, gates or not: one
   * thread holds the network and waits for the other, which waits for the network to copy it.
   */
  private static Stream<Arguments> parallel() {
    return Stream.of(
        Arguments.of(TrainingMode.AVERAGING, Kind.LAYERS),
        Arguments.of(TrainingMode.AVERAGING, Kind.GRAPH),
        Arguments.of(TrainingMode.SHARED_GRADIENTS, Kind.GRAPH));
  }

  private static void inParallel(Model network, TrainingMode mode) {
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(network)
            .workers(2)
            .prefetchBuffer(0)
            .averagingFrequency(2)
            .trainingMode(mode)
            .build();
    for (int epoch = 0; epoch < 2; epoch++) {
      wrapper.fit(data(8, 1));
    }
    wrapper.shutdown();
  }

  @ParameterizedTest
  @MethodSource("parallel")
  void threads_train_them(TrainingMode mode, Kind kind) throws Exception {
    Model network = kind.network(ADAM, OPTIONS);

    inParallel(network, mode);

    assertMoved(alphas(network));
    if (mode == TrainingMode.AVERAGING) {
      checkGoesOn(network);
    }
  }

  @ParameterizedTest
  @MethodSource("parallel")
  void steps_that_are_too_long_end_at_their_bounds_in_threads_too(TrainingMode mode, Kind kind)
      throws Exception {
    for (IUpdater updater : List.of(new Sgd(0.01), new Nesterovs(0.01, 0.9))) {
      Model network = kind.network(updater, WILD);

      inParallel(network, mode);

      assertThat(alphas(network).values()).hasSize(2).allMatch(alpha -> alpha >= 0 && alpha <= 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void listeners_see_them_in_training(Kind kind) throws Exception {
    Model network = kind.network(ADAM, OPTIONS);
    List<Double> seen = new ArrayList<>();
    BaseTrainingListener own =
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            seen.addAll(alphas(model).values());
          }

          @Override
          public void onForwardPass(Model model, List<INDArray> activations) {
            seen.addAll(alphas(model).values());
          }
        };
    CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
    network.setListeners(
        List.of(
            own,
            scores,
            new ScoreIterationListener(1),
            new PerformanceListener(1, true),
            new EvaluativeListener(data(2, 2), 1, InvocationType.EPOCH_END),
            new CheckpointListener.Builder(folder.toFile()).keepAll().saveEveryEpoch().build()));

    fit(network, data(4, 1), 2);

    assertMoved(alphas(network));
    assertThat(scores.getScoreVsIter().getEffectiveScores()).hasSize(8);
    assertThat(seen).hasSize(16).allMatch(alpha -> alpha >= 0 && alpha <= 1);
  }

  @ParameterizedTest
  @EnumSource
  void a_checkpoint_of_the_moment_between_a_step_and_its_bounds_has_them_in_their_bounds(Kind kind)
      throws Exception {
    Model network = kind.network(new Sgd(0.01), WILD);
    network.setListeners(
        List.of(
            new CheckpointListener.Builder(folder.toFile())
                .keepAll()
                .saveEveryNIterations(1)
                .build()));

    fit(network, data(2, 1), 1);

    Model checkpoint =
        kind == Kind.GRAPH
            ? CheckpointListener.loadLastCheckpointCG(folder.toFile())
            : CheckpointListener.loadLastCheckpointMLN(folder.toFile());
    assertThat(alphas(checkpoint).values()).containsExactly(1.0, 1.0);
  }

  @ParameterizedTest
  @EnumSource
  void statistics_of_a_training_have_them(Kind kind) {
    Model network = kind.network(ADAM, OPTIONS);
    InMemoryStatsStorage storage = new InMemoryStatsStorage();
    network.setListeners(List.of(new StatsListener(storage, 1)));

    fit(network, data(4, 1), 1);

    String session = storage.listSessionIDs().get(0);
    List<Persistable> updates = storage.getAllUpdatesAfter(session, StatsListener.TYPE_ID, 0);
    assertThat(updates).hasSize(4);
    StatsReport last = (StatsReport) updates.get(3);
    assertThat(last.getMean(StatsType.Parameters))
        .containsKey(kind == Kind.GRAPH ? "relu_alpha" : "3_alpha");
    assertThat(last.getMeanMagnitudes(StatsType.Updates).values()).allMatch(size -> size > 0);
  }
}
