package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Data that a network is trained on, and data that it is not. */
class CheckedDataTest {
  private final ComputationGraph network = Trained.convolutional(new Sgd(0.1));
  private final DataSet data = Trained.lines(20, 3);

  private void walk(CheckedData check) {
    DataSetIterator batches = check.of(ordered(data, 8));
    while (batches.hasNext()) {
      batches.next();
    }
  }

  /** The examples in their order, so that the test knows where they are. */
  private static DataSetIterator ordered(DataSet all, int batch) {
    List<DataSet> batches = new ArrayList<>();
    List<Serializable> names = all.getExampleMetaData();
    for (int from = 0; from < all.numExamples(); from += batch) {
      int to = Math.min(all.numExamples(), from + batch);
      int[] rows = IntStream.range(from, to).toArray();
      DataSet part = new DataSet(Rows.of(all.getFeatures(), rows), Rows.of(all.getLabels(), rows));
      if (names != null) {
        part.setExampleMetaData(names.subList(from, to));
      }
      batches.add(part);
    }
    return new ExistingDataSetIterator(batches);
  }

  @Test
  void good_data_pass_as_they_are() {
    DataSetIterator batches = CheckedData.of(network).of(ordered(data, 8));

    DataSet first = batches.next();

    assertThat(first.getFeatures()).isEqualTo(Rows.of(data.getFeatures(), 0, 1, 2, 3, 4, 5, 6, 7));
    assertThat(first.getLabels()).isEqualTo(Rows.of(data.getLabels(), 0, 1, 2, 3, 4, 5, 6, 7));
    walk(CheckedData.of(network));
  }

  @Test
  void a_feature_that_is_no_number_is_named_by_batch_and_example() {
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      data.getFeatures().putScalar(new int[] {11, 0, 2, 3}, wrong);

      assertThatThrownBy(() -> walk(CheckedData.of(network)))
          .isInstanceOf(DataException.class)
          .hasMessage("The features of example 3 of batch 1 hold a number that is not finite.");
    }
  }

  @Test
  void an_example_that_has_a_name_is_named() {
    data.setExampleMetaData(IntStream.range(0, 20).mapToObj(i -> "picture" + i + ".png").toList());
    data.getFeatures().putScalar(new int[] {11, 0, 2, 3}, Float.NaN);

    assertThatThrownBy(() -> walk(CheckedData.of(network)))
        .hasMessageStartingWith("The features of example 3 of batch 1 (picture11.png) hold");
  }

  @Test
  void huge_numbers_are_numbers() {
    data.getFeatures().putScalar(new int[] {0, 0, 0, 0}, Float.MAX_VALUE);
    data.getFeatures().putScalar(new int[] {0, 0, 0, 1}, Float.MAX_VALUE);

    walk(CheckedData.of(network));
  }

  @Test
  void two_classes_or_none_or_a_negative_one_are_no_label() {
    for (float[] wrong : new float[][] {{1, 1, 0}, {0, 0, 0}, {2, -1, 0}, {0.4f, 0.6f, 0}}) {
      INDArray row = data.getLabels().getRow(17);
      INDArray before = row.dup();
      row.assign(Nd4j.createFromArray(wrong));

      assertThatThrownBy(() -> walk(CheckedData.of(network)))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("The labels of example 1 of batch 2 are [")
          .hasMessageContaining("not one-hot");
      row.assign(before);
    }
  }

  @Test
  void soft_labels_pass_where_they_are_meant() {
    data.getLabels().getRow(17).assign(Nd4j.createFromArray(0.4f, 0.6f, 0));

    walk(CheckedData.of(network).labels(LabelKind.DISTRIBUTION));

    data.getLabels().getRow(17).assign(Nd4j.createFromArray(0.4f, 0.7f, 0));
    assertThatThrownBy(() -> walk(CheckedData.of(network).labels(LabelKind.DISTRIBUTION)))
        .hasMessageContaining("no distribution");
    walk(CheckedData.of(network).labels(LabelKind.NUMBERS));
  }

  @Test
  void a_label_that_is_no_number_is_refused_even_among_numbers() {
    data.getLabels().putScalar(9, 1, Float.NaN);

    assertThatThrownBy(() -> walk(CheckedData.of(network).labels(LabelKind.NUMBERS)))
        .hasMessage("The labels of example 1 of batch 1 hold a number that is not finite.");
  }

  @Test
  void labels_of_another_width_are_refused() {
    data.setLabels(Nd4j.ones(20, 4));

    assertThatThrownBy(() -> walk(CheckedData.of(network)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("[8, 4]")
        .hasMessageContaining("[3]");
  }

  @Test
  void images_of_another_size_are_refused_and_the_network_still_trains() {
    DataSet good = data.copy();
    data.setFeatures(Nd4j.rand(20, 1, 7, 6));

    assertThatThrownBy(() -> walk(CheckedData.of(network)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("The network takes no examples of the shape [1, 7, 6]");
    network.fit(good);

    data.setFeatures(Nd4j.rand(20, 3, 6, 6));
    assertThatThrownBy(() -> walk(CheckedData.of(network))).isInstanceOf(DataException.class);
    network.fit(good);
  }

  @Test
  void steps_of_sequences_that_a_mask_hides_need_no_label() {
    MultiLayerNetwork recurrent =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(
                    new LSTM.Builder().nIn(2).nOut(3).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    recurrent.init();
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 2, 2, 3);
    INDArray mask = Nd4j.createFromArray(new float[][] {{1, 1, 0}, {1, 1, 1}});
    for (int[] step : new int[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}}) {
      labels.putScalar(new int[] {step[0], step[1] % 2, step[1]}, 1);
    }
    DataSet sequences = new DataSet(Nd4j.rand(2, 2, 3), labels, mask, mask);
    CheckedData check = CheckedData.of(recurrent);

    check.checked(sequences.toMultiDataSet(), 0);

    DataSet unmasked = new DataSet(sequences.getFeatures(), labels);
    assertThatThrownBy(() -> check.checked(unmasked.toMultiDataSet(), 4))
        .hasMessageStartingWith("The labels of example 0 of batch 4 are [0.0, 0.0]");
  }

  @Test
  void a_number_of_kinds_that_is_not_that_of_the_outputs_is_refused() {
    assertThatThrownBy(() -> CheckedData.of(network).labels(LabelKind.NUMBERS, LabelKind.NUMBERS))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
