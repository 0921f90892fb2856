package io.github.dl4jbnfold.examples.data;

import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.Fingerprint;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Examples in batches: most of them to train with, some held back to choose and to stop by. */
public final class TrainingSet {
  private static final int SPLIT_SEED = 12345;
  private static final int MOST_HELD_BACK = 1000;

  private final Examples examples;
  private final int classes;
  private final int batch;
  private final UnaryOperator<INDArray> normalization;
  private final int[] training;
  private final int[] heldBack;

  /**
   * Holds a tenth of the examples back, {@value #MOST_HELD_BACK} at most, always the same ones.
   *
   * @param batch examples in a batch
   * @param normalization of features
   */
  public TrainingSet(Examples examples, int batch, UnaryOperator<INDArray> normalization) {
    this(examples, examples.classes().size(), batch, normalization);
  }

  /**
   * As above, for a network that knows more classes than the examples have.
   *
   * @param classes the length of labels
   * @throws DataException if the examples have more
   */
  public TrainingSet(
      Examples examples, int classes, int batch, UnaryOperator<INDArray> normalization) {
    if (examples.classes().size() > classes) {
      throw new DataException(
          "There are %d classes, and the network tells %d apart. Numbers of classes begin at 0."
              .formatted(examples.classes().size(), classes));
    }
    this.examples = examples;
    this.classes = classes;
    this.batch = batch;
    this.normalization = normalization;
    int[] order = shuffled(IntStream.range(0, examples.count()).toArray(), SPLIT_SEED);
    int held = Math.min(MOST_HELD_BACK, order.length / 10);
    this.heldBack = Arrays.copyOf(order, held);
    this.training = Arrays.copyOfRange(order, held, order.length);
  }

  /** How many examples there are to train with. */
  public int size() {
    return training.length;
  }

  /** Tells one set of examples from another, by their classes and some of their features. */
  public String fingerprint() {
    int[] labels = IntStream.range(0, examples.count()).map(examples::label).toArray();
    INDArray some = examples.features(Arrays.copyOf(training, Math.min(8, training.length)), null);
    return Fingerprint.of(
        examples.classes() + Arrays.toString(labels), List.of(normalization.apply(some)));
  }

  /** All training examples once, in random order, varied. */
  public DataSetIterator epoch(long seed) {
    int[] order = shuffled(training, seed);
    return new ExistingDataSetIterator(
        IntStream.range(0, Math.max(1, order.length / batch))
            .mapToObj(b -> batch(part(order, b), new Random(seed + 31L * b)))
            .iterator());
  }

  /** The examples that are held back, as they are. */
  public MultiDataSetIterator validation() {
    return inOrder(heldBack);
  }

  /** The first so many of those that are held back, or all. */
  public MultiDataSetIterator validation(int count) {
    return inOrder(Arrays.copyOf(heldBack, Math.min(count, heldBack.length)));
  }

  /** Some training examples as they are: [count, …]. */
  public INDArray calibration(int count) {
    int[] some = Arrays.copyOf(training, Math.min(count, training.length));
    return normalization.apply(examples.features(some, null));
  }

  /** All examples of a set as they are. */
  public static MultiDataSetIterator all(
      Examples examples, int batch, UnaryOperator<INDArray> normalization) {
    TrainingSet set = new TrainingSet(examples, batch, normalization);
    return set.inOrder(IntStream.range(0, examples.count()).toArray());
  }

  private MultiDataSetIterator inOrder(int... indices) {
    return new MultiDataSetIteratorAdapter(
        new ExistingDataSetIterator(
            IntStream.range(0, (indices.length + batch - 1) / batch)
                .mapToObj(b -> batch(part(indices, b), null))
                .iterator()));
  }

  private DataSet batch(int[] indices, @Nullable Random random) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, indices.length, classes);
    for (int i = 0; i < indices.length; i++) {
      labels.putScalar(i, examples.label(indices[i]), 1);
    }
    return new DataSet(normalization.apply(examples.features(indices, random)), labels);
  }

  private int[] part(int[] order, int number) {
    return Arrays.copyOfRange(order, number * batch, Math.min(order.length, (number + 1) * batch));
  }

  private static int[] shuffled(int[] indices, long seed) {
    int[] order = indices.clone();
    Random random = new Random(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }
}
