package io.github.dl4jbnfold.examples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class TrainingSetTest {
  /** Example i is the number i, of class i modulo 3, plus a random number in a training. */
  private record Numbers(int count) implements Examples {
    @Override
    public List<String> classes() {
      return List.of("a", "b", "c");
    }

    @Override
    public int label(int index) {
      return index % 3;
    }

    @Override
    public INDArray features(int[] indices, @Nullable Random random) {
      float[] values = new float[indices.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = indices[i] + (random == null ? 0 : random.nextFloat() / 2);
      }
      return Nd4j.createFromArray(values).reshape(values.length, 1);
    }
  }

  private final TrainingSet set = new TrainingSet(new Numbers(100), 8, UnaryOperator.identity());

  private static List<Integer> numbers(DataSetIterator batches) {
    List<Integer> numbers = new ArrayList<>();
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      for (float value : batch.getFeatures().toFloatVector()) {
        numbers.add((int) value);
      }
    }
    return numbers;
  }

  private List<Integer> heldBack() {
    List<Integer> numbers = new ArrayList<>();
    MultiDataSetIterator batches = set.validation();
    while (batches.hasNext()) {
      for (float value : batches.next().getFeatures(0).toFloatVector()) {
        assertThat(value).isEqualTo((int) value);
        numbers.add((int) value);
      }
    }
    return numbers;
  }

  @Test
  void a_tenth_is_held_back_and_never_trained_with() {
    Set<Integer> trained = new TreeSet<>(numbers(set.epoch(1)));
    assertThat(heldBack()).hasSize(10).doesNotContainAnyElementsOf(trained);
    assertThat(trained).hasSize(88);
    assertThat(set.size()).isEqualTo(90);
  }

  @Test
  void an_epoch_is_a_function_of_its_seed() {
    assertThat(numbers(set.epoch(5))).isEqualTo(numbers(set.epoch(5)));
    assertThat(numbers(set.epoch(5))).isNotEqualTo(numbers(set.epoch(6)));
    assertThat(set.epoch(5).next().getFeatures()).isEqualTo(set.epoch(5).next().getFeatures());
  }

  @Test
  void labels_are_those_of_their_examples() {
    DataSet batch = set.epoch(2).next();
    for (int i = 0; i < batch.numExamples(); i++) {
      int number = (int) batch.getFeatures().getDouble(i, 0);
      assertThat(batch.getLabels().getDouble(i, number % 3)).isEqualTo(1);
    }
    assertThat(batch.getLabels().sumNumber().intValue()).isEqualTo(batch.numExamples());
  }

  @Test
  void features_are_normalized_wherever_they_come_from() {
    TrainingSet shifted = new TrainingSet(new Numbers(100), 8, x -> x.add(1000));
    assertThat(shifted.calibration(5).minNumber().doubleValue()).isGreaterThanOrEqualTo(1000);
    assertThat(shifted.validation().next().getFeatures(0).minNumber().doubleValue())
        .isGreaterThanOrEqualTo(1000);
  }
}
