package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A loop that counts steps. */
class FineTuningTest {
  private static final DataSet CLOUDS = Trained.clouds(100, 1);
  private static final Epochs DATA = Epochs.shuffled(CLOUDS, 30);

  private static FineTuning.Builder training(long steps) {
    return new FineTuning.Builder(DATA, steps);
  }

  @Test
  void its_steps_are_those_of_DL4J() {
    MultiLayerNetwork plain = Trained.mlp(new Adam(0.02), 5, 8, 1);
    MultiLayerNetwork tuned = plain.clone();
    for (int epoch = 0; epoch < 2; epoch++) {
      MultiDataSetIterator batches = DATA.epoch(Seeds.ofEpoch(9, epoch));
      for (int i = 0; i < (epoch == 0 ? 4 : 2); i++) {
        plain.fit(batches.next());
      }
      if (epoch == 0) {
        plain.incrementEpochCount();
      }
    }

    FineTuned<MultiLayerNetwork> result = training(6).seed(9).build().run(tuned);

    assertThat(result.network()).isSameAs(tuned);
    assertThat(tuned.params()).isEqualTo(plain.params());
    assertThat(tuned.getIterationCount()).isEqualTo(plain.getIterationCount()).isEqualTo(6);
    assertThat(tuned.getEpochCount()).isEqualTo(plain.getEpochCount()).isEqualTo(1);
    assertThat(result.reason()).isEqualTo(StopReason.STEPS);
    assertThat(result.score()).isNull();
  }

  @Test
  void each_epoch_has_another_order_and_all_examples() {
    List<INDArray> epochs = new ArrayList<>();
    for (long epoch = 0; epoch < 2; epoch++) {
      MultiDataSetIterator batches = DATA.epoch(Seeds.ofEpoch(1, epoch));
      List<INDArray> parts = new ArrayList<>();
      batches.forEachRemaining(batch -> parts.add(batch.getFeatures(0)));
      epochs.add(Nd4j.vstack(parts));
    }

    assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1));
    assertThat(sorted(epochs.get(0)))
        .isEqualTo(sorted(epochs.get(1)))
        .isEqualTo(sorted(CLOUDS.getFeatures()));
  }

  private static List<Double> sorted(INDArray array) {
    List<Double> values = new ArrayList<>();
    for (double value : array.dup().data().asDouble()) {
      values.add(value);
    }
    Collections.sort(values);
    return values;
  }

  @Test
  void a_listener_hears_of_each_step_and_each_epoch() {
    List<TrainingStep> steps = new ArrayList<>();
    List<EpochResult> epochs = new ArrayList<>();
    TrainingProgress progress =
        new TrainingProgress() {
          @Override
          public void step(TrainingStep step) {
            steps.add(step);
          }

          @Override
          public void epoch(EpochResult result) {
            epochs.add(result);
          }
        };

    FineTuned<MultiLayerNetwork> tuned =
        training(6)
            .validation(Trained.accuracy(CLOUDS))
            .progress(progress)
            .build()
            .run(Trained.mlp(new Adam(0.02), 5, 8, 1));

    assertThat(steps).extracting(TrainingStep::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(steps).allSatisfy(step -> assertThat(step.loss()).isPositive());
    assertThat(steps.get(3).score()).isNull();
    assertThat(steps.get(4).score()).isEqualTo(epochs.get(0).score()).isNotNull();
    assertThat(steps.get(0).secondsLeft()).isPositive();
    assertThat(steps.get(5).secondsLeft()).isZero();
    assertThat(epochs)
        .isEqualTo(tuned.history())
        .extracting(EpochResult::step)
        .containsExactly(4L, 6L);
    assertThat(tuned.score()).isEqualTo(epochs.get(1).score());
  }

  @Test
  void listeners_of_the_network_hear_of_epochs_as_with_DL4J() {
    List<String> heard = new ArrayList<>();
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onEpochStart(Model model) {
            heard.add("start");
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            heard.add(epoch + ":" + iteration);
          }

          @Override
          public void onEpochEnd(Model model) {
            heard.add("end");
          }
        });

    training(5).build().run(network);

    assertThat(heard).containsExactly("start", "0:0", "0:1", "0:2", "0:3", "end", "start", "1:4");
  }

  @Test
  void patience_ends_with_the_best_parameters() {
    List<INDArray> seen = new ArrayList<>();
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);
    TrainingProgress watch =
        step -> {
          if (step.step() % 4 == 0) {
            seen.add(network.params().dup());
          }
        };

    FineTuned<MultiLayerNetwork> tuned =
        training(100)
            .validation(Answers.of(network, 3, 6, 5, 6, 9))
            .patience(2)
            .keepBest(true)
            .progress(watch)
            .build()
            .run(network);

    assertThat(tuned.reason()).isEqualTo(StopReason.PATIENCE);
    assertThat(tuned.steps()).isEqualTo(16);
    assertThat(tuned.step()).isEqualTo(8);
    assertThat(tuned.score()).isEqualTo(0.6);
    assertThat(network.params()).isEqualTo(seen.get(1));
  }

  @Test
  void below_the_floor_it_ends_with_the_last_good_parameters() {
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);

    FineTuned<MultiLayerNetwork> tuned =
        training(100)
            .validation(Answers.of(network, 2, 3, 8, 9, 7, 9))
            .floor(0.75)
            .build()
            .run(network);

    assertThat(tuned.reason()).isEqualTo(StopReason.FLOOR);
    assertThat(tuned.steps()).isEqualTo(16);
    assertThat(tuned.step()).isEqualTo(12);
    assertThat(tuned.score()).isEqualTo(0.9);
  }

  @Test
  void where_no_step_stays_above_the_floor_the_start_is_the_result() {
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);
    INDArray before = network.params().dup();

    FineTuned<MultiLayerNetwork> tuned =
        training(100).validation(Answers.of(network, 8, 7)).floor(0.75).build().run(network);

    assertThat(tuned.reason()).isEqualTo(StopReason.FLOOR);
    assertThat(tuned.step()).isZero();
    assertThat(tuned.score()).isEqualTo(0.8);
    assertThat(network.params()).isEqualTo(before);
  }

  @Test
  void without_patience_it_ends_with_the_last_parameters() {
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);

    FineTuned<MultiLayerNetwork> tuned =
        training(12).validation(Answers.of(network, 9, 8, 7)).build().run(network);

    assertThat(tuned.step()).isEqualTo(12);
    assertThat(tuned.score()).isEqualTo(0.7);
  }

  @Test
  void no_steps_leave_the_network_as_it_is() {
    MultiLayerNetwork network = Trained.mlp(new Adam(0.02), 5, 8, 1);
    INDArray before = network.params().dup();

    assertThat(training(0).build().run(network).steps()).isZero();

    assertThat(network.params()).isEqualTo(before);
  }

  @Test
  void an_epoch_without_batches_ends_the_training() {
    Epochs empty =
        seed -> {
          MultiDataSetIterator batches = Epochs.shuffled(CLOUDS, 200).epoch(seed);
          batches.next();
          return batches;
        };

    assertThatThrownBy(
            () -> new FineTuning.Builder(empty, 3).build().run(Trained.dropout(new Sgd(0.1))))
        .isInstanceOf(DataException.class)
        .hasMessage("There is no batch in epoch 0 of the data.");
  }

  @Test
  void patience_without_a_validation_is_refused() {
    assertThatThrownBy(() -> training(3).patience(1).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> training(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_mask_of_the_labels_alone_counts() {
    INDArray labels = Nd4j.randn(2, 3, 4);
    INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 0, 0}, {1, 0, 0, 0}});
    DataSet data = new DataSet(Nd4j.randn(2, 3, 4), labels, null, mask);
    INDArray wrong = labels.dup();
    wrong.putScalar(new int[] {0, 1, 3}, 1e3);
    DataSet same = new DataSet(data.getFeatures(), wrong, null, mask);

    assertThat(recurrent(data)).isEqualTo(recurrent(same));
    DataSet plain = new DataSet(data.getFeatures(), labels);
    assertThat(recurrent(data)).isNotEqualTo(recurrent(plain));
  }

  private static INDArray recurrent(DataSet data) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.01))
                .list(
                    new SimpleRnn.Builder().nIn(3).nOut(3).build(),
                    new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    Epochs epochs = Epochs.of(seed -> new SingletonDataSetIterator(data));
    return new FineTuning.Builder(epochs, 3).build().run(network).network().params();
  }

  @Test
  void a_graph_learns() {
    DataSet lines = Trained.lines(200, 1);

    FineTuned<ComputationGraph> tuned =
        new FineTuning.Builder(Epochs.shuffled(lines, 25), 120)
            .validation(Trained.accuracy(Trained.lines(200, 2)))
            .build()
            .run(Trained.convolutional(new Adam(0.02)));

    assertThat(tuned.score()).isGreaterThan(0.9);
  }
}
