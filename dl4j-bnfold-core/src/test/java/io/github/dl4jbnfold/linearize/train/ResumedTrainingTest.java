package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Trainings that are killed and go on. */
class ResumedTrainingTest {
  @TempDir Path folder;

  private static final DataSet CLOUDS = Trained.clouds(160, 1);
  private static final DataSet LINES = Trained.lines(160, 1);

  private static FineTuning.Builder training(DataSet all) {
    return new FineTuning.Builder(Epochs.shuffled(all, 12), 60)
        .seed(7)
        .validation(Trained.accuracy(all));
  }

  /** A training that dies after a step, as a process does: with nothing else to save. */
  private static TrainingProgress dying(LongPredicate when) {
    return step -> {
      if (when.test(step.step())) {
        throw new IllegalStateException("killed at " + step.step());
      }
    };
  }

  private <M extends Model> void check(
      FineTuning.Builder training, long every, Function<IUpdater, M> make, IUpdater updater) {
    FineTuned<M> whole = training.build().run(make.apply(updater));

    training.checkpoints(new Checkpoints(folder, 2), every);
    for (long dies : new long[] {37, 38, 53}) {
      training.progress(dying(step -> step == dies));
      assertThatThrownBy(() -> training.build().run(make.apply(updater)))
          .hasMessage("killed at " + dies);
      Nd4j.randn(3, 3); // Another process has other random numbers.
    }
    FineTuned<M> resumed = training.progress(step -> {}).build().run(make.apply(updater));

    assertThat(resumed.network().params()).isEqualTo(whole.network().params());
    assertThat(bits(resumed.network().params())).isEqualTo(bits(whole.network().params()));
    assertThat(state(resumed.network())).isEqualTo(state(whole.network()));
    assertThat(resumed.history()).isEqualTo(whole.history());
    assertThat(resumed.score()).isEqualTo(whole.score());
    assertThat(resumed.steps()).isEqualTo(60);
  }

  private static byte[] bits(INDArray array) {
    return array.dup('c').data().asBytes();
  }

  private static INDArray state(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getUpdater().getStateViewArray()
        : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
  }

  @Test
  void with_Adam_dropout_and_a_schedule_they_end_with_the_same_bits() {
    check(
        training(CLOUDS),
        10,
        Trained::dropout,
        new Adam(new StepSchedule(ScheduleType.ITERATION, 0.05, 0.7, 9)));
  }

  @Test
  void with_momentum_warmup_and_a_cosine_they_end_with_the_same_bits() {
    check(
        training(CLOUDS),
        1,
        Trained::dropout,
        new Nesterovs(new CosineSchedule(0.1, 60, 10, 0.001), 0.9));
  }

  @Test
  void a_graph_with_a_schedule_by_epochs_ends_with_the_same_bits() {
    check(
        training(LINES),
        7,
        Trained::convolutional,
        new Adam(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.05, 2, 0.02, 4, 0.005))));
  }

  @Test
  void checkpoints_after_epochs_only_are_enough() {
    check(training(CLOUDS), Long.MAX_VALUE, Trained::dropout, new Adam(0.02));
  }

  @Test
  void the_best_parameters_are_remembered_too() {
    check(training(CLOUDS).keepBest(true), 10, Trained::dropout, new Adam(0.05));
  }

  @Test
  void data_that_are_augmented_with_ND4Js_random_numbers_are_the_same_again() {
    Epochs noisy =
        seed -> {
          ShuffledData data = new ShuffledData(CLOUDS, 12, seed);
          data.setPreProcessor(
              batch -> {
                INDArray features = batch.getFeatures();
                features.addi(Nd4j.randn(features.dataType(), features.shape()).muli(0.1));
              });
          return new MultiDataSetIteratorAdapter(data);
        };
    check(
        new FineTuning.Builder(noisy, 60).seed(7).validation(Trained.accuracy(CLOUDS)),
        10,
        Trained::dropout,
        new Adam(0.02));
  }

  @Test
  void another_seed_ends_elsewhere() {
    INDArray one = training(CLOUDS).build().run(Trained.dropout(new Adam(0.02))).network().params();

    INDArray other =
        training(CLOUDS).seed(8).build().run(Trained.dropout(new Adam(0.02))).network().params();

    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void a_training_that_has_ended_gives_its_result_again() {
    FineTuning training =
        training(CLOUDS).keepBest(true).checkpoints(new Checkpoints(folder, 1), 100).build();
    FineTuned<MultiLayerNetwork> first = training.run(Trained.dropout(new Adam(0.05)));

    FineTuned<MultiLayerNetwork> again = training.run(Trained.dropout(new Adam(0.05)));

    assertThat(again.network().params()).isEqualTo(first.network().params());
    assertThat(again.score()).isEqualTo(first.score());
    assertThat(again.step()).isEqualTo(first.step());
  }
}
