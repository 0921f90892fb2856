package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** How good a network is. */
class ValidationTest {
  @Test
  void accuracy_is_that_of_DL4Js_evaluation() {
    ComputationGraph network = Trained.convolutional(new Sgd(0.1));
    DataSet data = Trained.lines(70, 2);
    Evaluation evaluation = new Evaluation(3);
    evaluation.eval(data.getLabels(), network.outputSingle(data.getFeatures()));
    List<Long> seen = new ArrayList<>();

    double accuracy = Validation.accuracy(Trained.batches(data, 32)).of(network, seen::add);

    assertThat(accuracy).isCloseTo(evaluation.accuracy(), within(1e-6)).isBetween(0.05, 0.95);
    assertThat(seen).containsExactly(32L, 64L, 70L);
  }

  @Test
  void a_loss_has_no_penalties_and_counts_examples_not_batches() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .l2(0.5)
                .list(
                    new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder(LossFunction.MSE)
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    DataSet data = Trained.clouds(50, 4);
    data.setFeatures(data.getFeatures().castTo(DataType.DOUBLE));
    data.setLabels(data.getLabels().castTo(DataType.DOUBLE));
    INDArray error = network.output(data.getFeatures()).sub(data.getLabels());

    double loss = Validation.loss(Trained.batches(data, 32)).of(network);

    assertThat(loss).isCloseTo(error.mul(error).meanNumber().doubleValue(), within(1e-12));
  }

  private static MultiLayerNetwork answering(org.deeplearning4j.nn.conf.layers.Layer output) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(new ActivationLayer.Builder().activation(Activation.IDENTITY).build(), output)
                .build());
    network.init();
    return network;
  }

  @Test
  void one_class_is_right_on_the_right_side_of_a_half() {
    MultiLayerNetwork network =
        answering(new LossLayer.Builder(LossFunction.XENT).activation(Activation.IDENTITY).build());
    DataSet data =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{0.6f}, {0.4f}, {0.7f}, {0.2f}}),
            Nd4j.createFromArray(new float[][] {{1}, {0}, {0}, {0}}));

    double accuracy =
        Validation.accuracy(() -> new SingletonMultiDataSetIterator(data.toMultiDataSet()))
            .of(network);

    assertThat(accuracy).isEqualTo(0.75);
  }

  @Test
  void steps_that_a_mask_hides_do_not_count() {
    MultiLayerNetwork network =
        answering(
            new RnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build());
    INDArray right = Nd4j.zeros(DataType.FLOAT, 2, 3, 4);
    right.putScalar(new int[] {0, 1, 0}, 1).putScalar(new int[] {0, 2, 1}, 1);
    right.putScalar(new int[] {1, 2, 0}, 1).putScalar(new int[] {1, 1, 1}, 1);
    INDArray labels = right.dup();
    labels.putScalar(new int[] {1, 1, 1}, 0).putScalar(new int[] {1, 0, 1}, 1);
    INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 0, 0}, {1, 1, 0, 0}});
    DataSet data = new DataSet(right, labels, mask, mask);

    double accuracy =
        Validation.accuracy(() -> new SingletonMultiDataSetIterator(data.toMultiDataSet()))
            .of(network);

    assertThat(accuracy).isEqualTo(0.75);
  }

  @Test
  void more_accuracy_and_less_loss_are_better_and_no_number_is_the_worst() {
    Validation accuracy = Trained.accuracy(Trained.clouds(3, 1));
    Validation loss = Validation.loss(Trained.batches(Trained.clouds(3, 1), 3));

    assertThat(accuracy.isBetter(0.9, 0.8)).isTrue();
    assertThat(accuracy.isBetter(0.8, 0.8)).isFalse();
    assertThat(loss.isBetter(0.9, 0.8)).isFalse();
    assertThat(loss.isBetter(0.7, 0.8)).isTrue();
    assertThat(loss.isBetter(0.7, Double.NaN)).isTrue();
    assertThat(loss.isBetter(Double.NaN, 0.7)).isFalse();
    assertThat(accuracy.worse(0.9, 0.1)).isCloseTo(0.8, within(1e-12));
    assertThat(loss.worse(0.9, 0.1)).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void no_examples_give_no_score() {
    Validation empty =
        Validation.accuracy(
            () -> {
              var batches = Trained.batches(Trained.clouds(3, 1), 3).get();
              batches.next();
              return batches;
            });

    assertThatThrownBy(() -> empty.of(Trained.dropout(new Sgd(0.1))))
        .isInstanceOf(DataException.class);
  }
}
