package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Data that do not fit a SameDiff graph end its training with one sentence. */
class GraphDataTest {
  @TempDir Path folder;

  private static void refuses(UnaryOperator<DataSet> spoiled, String... words) {
    DataSet data = spoiled.apply(Trained.clouds(40, 1));
    SameDiff graph = TrainedGraphs.mlp(new Adam(0.02));
    LayerFoldingTrainer<SameDiff> trainer =
        LayerFolding.trainer(graph, TrainedGraphs.OPTIONS, report -> {})
            .data(Epochs.shuffled(data, 12))
            .validation(Trained.accuracy(Trained.clouds(40, 2)))
            .steps(8, 8)
            .build();
    assertThatThrownBy(trainer::run)
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").contains(words));
  }

  @Test
  void numbers_that_are_not_finite_are_named() {
    refuses(
        data -> {
          data.getFeatures().putScalar(17, 2, Float.NaN);
          return data;
        },
        "The features of example",
        "not finite");
    refuses(
        data -> {
          data.getLabels().putScalar(17, 2, Float.POSITIVE_INFINITY);
          return data;
        },
        "The labels of example",
        "not finite");
  }

  @Test
  void labels_of_no_class_are_shown() {
    refuses(
        data -> {
          data.getLabels().putScalar(17, 2, 7);
          return data;
        },
        "not one-hot",
        "7.0");
  }

  @Test
  void shapes_that_the_graph_does_not_take_are_named() {
    refuses(
        data -> new DataSet(Nd4j.rand(DataType.FLOAT, 40, 6), data.getLabels()),
        "no examples of the shape [6]",
        "'in' takes arrays of the shape [-1, 5], not");
    refuses(
        data -> new DataSet(data.getFeatures(), Nd4j.ones(DataType.FLOAT, 40, 4)),
        "have the shape [12, 4]",
        "with [3] each");
  }

  @Test
  void a_batch_with_other_arrays_is_refused() {
    SameDiff graph = TrainedGraphs.mlp(new Adam(0.02));
    INDArray one = Nd4j.ones(DataType.FLOAT, 4, 5);
    org.nd4j.linalg.dataset.MultiDataSet two =
        new org.nd4j.linalg.dataset.MultiDataSet(
            new INDArray[] {one, one}, new INDArray[] {Nd4j.ones(DataType.FLOAT, 4, 3)});

    assertThatThrownBy(() -> TrainedGraphs.trainee(graph).fit(two))
        .isInstanceOf(DataException.class)
        .hasMessage("A batch has 2 arrays of features, but the graph takes 1: [in].");
  }

  @Test
  void a_graph_for_batches_of_one_size_trains_on_these_and_refuses_others() {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.FLOAT, 12, 5);
    SDVariable label = graph.placeHolder("label", DataType.FLOAT, 12, 3);
    SDVariable logits = in.mmul("logits", graph.var("W", Nd4j.rand(DataType.FLOAT, 5, 3)));
    graph.loss().softmaxCrossEntropy("loss", label, logits, null);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Sgd(0.1))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    Trainee<SameDiff> trainee = GraphTrainee.of(graph, List.of("logits"));
    CheckedData check = CheckedData.of(trainee);

    Epochs whole = Epochs.shuffled(Trained.clouds(24, 1), 12).checked(check);
    assertThat(new FineTuning.Builder(whole, 4).build().run(trainee).steps()).isEqualTo(4);
    Epochs rest = Epochs.shuffled(Trained.clouds(25, 1), 12).checked(check);
    assertThatThrownBy(() -> new FineTuning.Builder(rest, 4).build().run(trainee))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'in' takes arrays of the shape [12, 5], not [1, 5].");
  }

  @Test
  void bad_data_leave_the_last_good_checkpoint() {
    Epochs data =
        seed -> {
          DataSet clouds = Trained.clouds(60, 1);
          if (seed == Seeds.ofEpoch(1, 1)) {
            clouds.getFeatures().putScalar(33, 0, Float.NaN);
          }
          return Epochs.shuffled(clouds, 12).epoch(seed);
        };
    SameDiff graph = TrainedGraphs.mlp(new Adam(0.02));
    Trainee<SameDiff> trainee = TrainedGraphs.trainee(graph);
    Checkpoints checkpoints = new Checkpoints(folder, 2);

    assertThatThrownBy(
            () ->
                new FineTuning.Builder(data.checked(CheckedData.of(trainee)), 40)
                    .checkpoints(checkpoints, 1)
                    .build()
                    .run(trainee))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not finite");

    Checkpoint<SameDiff> last = checkpoints.latest(trainee).orElseThrow();
    assertThat(LabelCheck.firstNotFinite(last.network().parameters())).isEmpty();
    assertThat(last.state().progress().step()).isBetween(5L, 9L);
  }

  @Test
  void a_learning_rate_that_is_too_high_is_noticed() {
    FineTuning training =
        new FineTuning.Builder(Epochs.shuffled(Trained.clouds(60, 1), 12), 40).build();

    assertThatThrownBy(() -> training.run(TrainedGraphs.trainee(TrainedGraphs.mlp(new Sgd(1e38)))))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("Maybe the learning rate is too high.");
  }

  @Test
  void a_broken_checkpoint_is_named() throws IOException {
    FineTuning training =
        new FineTuning.Builder(Epochs.shuffled(Trained.clouds(60, 1), 12), 6)
            .checkpoints(new Checkpoints(folder, 2), 3)
            .build();
    training.run(TrainedGraphs.trainee(TrainedGraphs.mlp(new Adam(0.02))));
    List<Path> files = new Checkpoints(folder, 2).files();
    Path newest = files.get(files.size() - 1);
    byte[] content = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(content, content.length / 2));

    assertThatThrownBy(() -> training.run(TrainedGraphs.trainee(TrainedGraphs.mlp(new Adam(0.02)))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(newest + " is broken");
  }
}
