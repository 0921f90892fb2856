package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Trainings of SameDiff graphs that are killed and go on. */
class GraphResumedTrainingTest {
  @TempDir Path folder;

  private static final DataSet CLOUDS = Trained.clouds(100, 1);
  private static final DataSet LINES = Trained.lines(60, 1);

  private static FineTuning.Builder training(DataSet all) {
    return new FineTuning.Builder(Epochs.shuffled(all, 12), 30)
        .seed(7)
        .validation(Trained.accuracy(all));
  }

  private void check(
      FineTuning.Builder training,
      long every,
      Function<IUpdater, SameDiff> make,
      IUpdater updater) {
    FineTuned<SameDiff> whole =
        training.build().run(TrainedGraphs.trainee(make.apply(updater.clone())));

    training.checkpoints(new Checkpoints(folder, 2), every);
    for (long dies : new long[] {17, 18, 25}) {
      training.progress(
          step -> {
            if (step.step() == dies) {
              throw new IllegalStateException("killed at " + dies);
            }
          });
      assertThatThrownBy(
              () -> training.build().run(TrainedGraphs.trainee(make.apply(updater.clone()))))
          .hasMessage("killed at " + dies);
      Nd4j.randn(3, 3); // Another process has other random numbers.
    }
    FineTuned<SameDiff> resumed =
        training
            .progress(step -> {})
            .build()
            .run(TrainedGraphs.trainee(make.apply(updater.clone())));

    assertThat(bits(resumed.network())).isEqualTo(bits(whole.network()));
    assertThat(resumed.history()).isEqualTo(whole.history());
    assertThat(resumed.score()).isEqualTo(whole.score());
    assertThat(resumed.steps()).isEqualTo(30);
    assertThat(resumed.network().getTrainingConfig())
        .isEqualTo(whole.network().getTrainingConfig());
  }

  private static byte[] bits(SameDiff graph) {
    return TrainedGraphs.parameters(graph).data().asBytes();
  }

  private static SameDiff regularized(IUpdater updater) {
    return TrainedGraphs.mlp(
        DataType.DOUBLE, TrainedGraphs.by(updater).l2(0.001).weightDecay(0.01, true));
  }

  private static SameDiff convolutional(IUpdater updater) {
    SameDiff graph = TrainedGraphs.convolutional(updater);
    BatchNormFolding.fold(graph, FoldingOptions.defaults().outputs(TrainedGraphs.OUTPUT));
    return graph;
  }

  @Test
  void with_Adam_and_a_schedule_they_end_with_the_same_bits() {
    check(
        training(CLOUDS),
        10,
        TrainedGraphs::mlp,
        new Adam(new StepSchedule(ScheduleType.ITERATION, 0.05, 0.7, 9)));
  }

  @Test
  void with_momentum_warmup_and_regularization_they_end_with_the_same_bits() {
    check(
        training(CLOUDS),
        1,
        GraphResumedTrainingTest::regularized,
        new Nesterovs(new CosineSchedule(0.1, 30, 5, 0.001), 0.9));
  }

  @Test
  void convolutions_with_a_schedule_by_epochs_end_with_the_same_bits() {
    check(
        training(LINES),
        7,
        GraphResumedTrainingTest::convolutional,
        new Adam(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.05, 2, 0.02, 4, 0.005))));
  }

  @Test
  void without_moments_and_with_checkpoints_after_epochs_only_too() {
    check(training(CLOUDS), Long.MAX_VALUE, TrainedGraphs::mlp, new Sgd(0.1));
  }

  @Test
  void the_best_parameters_are_remembered_too() {
    check(training(CLOUDS).keepBest(true), 10, TrainedGraphs::mlp, new Adam(0.05));
  }

  @Test
  void data_that_are_augmented_with_ND4Js_random_numbers_are_the_same_again() {
    Epochs noisy =
        seed -> {
          ShuffledData data = new ShuffledData(CLOUDS, 12, seed);
          data.setPreProcessor(
              batch ->
                  batch
                      .getFeatures()
                      .addi(Nd4j.randn(DataType.FLOAT, batch.getFeatures().shape()).muli(0.1)));
          return new MultiDataSetIteratorAdapter(data);
        };
    check(
        new FineTuning.Builder(noisy, 30).seed(7).validation(Trained.accuracy(CLOUDS)),
        10,
        TrainedGraphs::mlp,
        new Adam(0.02));
  }

  @Test
  void a_training_that_has_ended_gives_its_result_again() {
    FineTuning training =
        training(CLOUDS).keepBest(true).checkpoints(new Checkpoints(folder, 1), 100).build();
    FineTuned<SameDiff> first =
        training.run(TrainedGraphs.trainee(TrainedGraphs.mlp(new Adam(0.05))));

    FineTuned<SameDiff> again =
        training.run(TrainedGraphs.trainee(TrainedGraphs.mlp(new Adam(0.05))));

    assertThat(bits(again.network())).isEqualTo(bits(first.network()));
    assertThat(again.step()).isEqualTo(first.step());
  }
}
