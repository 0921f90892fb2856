package io.github.dl4jbnfold.linearize.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** How good a network is, on data that it is not trained on. */
public final class Validation {
  private final Supplier<MultiDataSetIterator> data;
  private final boolean accuracy;
  private final int classAxis;

  private Validation(Supplier<MultiDataSetIterator> data, boolean accuracy, int classAxis) {
    this.data = data;
    this.accuracy = accuracy;
    this.classAxis = classAxis;
  }

  /**
   * The share of right answers: of classes, the most probable one; where there is one class,
   * whether it is more probable than 1/2. Of several outputs, the first counts; of sequences and
   * maps, each step that the labels' mask does not hide.
   *
   * @param data at its beginning; asked for each time
   * @return a validation whose scores are between 0 and 1, the larger the better
   */
  public static Validation accuracy(Supplier<MultiDataSetIterator> data) {
    return new Validation(data, true, 1);
  }

  /**
   * The mean loss of the examples, without penalties.
   *
   * @param data at its beginning; asked for each time
   * @return a validation whose scores are the better the smaller they are
   */
  public static Validation loss(Supplier<MultiDataSetIterator> data) {
    return new Validation(data, false, 1);
  }

  /**
   * The same with the classes on another axis of the labels than 1.
   *
   * @param axis of labels and outputs; 1 where none is stated
   * @return a copy with it
   */
  public Validation classAxis(int axis) {
    return new Validation(data, accuracy, axis);
  }

  /**
   * The score of a network.
   *
   * @param network a MultiLayerNetwork or ComputationGraph; it is not changed
   * @return an accuracy between 0 and 1, or a mean loss
   * @throws DataException if there are no examples
   */
  public double of(Model network) {
    return of(new NetworkTrainee<>(network));
  }

  /**
   * The score of a network.
   *
   * @param network a MultiLayerNetwork or ComputationGraph; it is not changed
   * @param progress is told the number of examples that have been seen, after each batch
   * @return an accuracy between 0 and 1, or a mean loss
   * @throws DataException if there are no examples
   */
  public double of(Model network, LongConsumer progress) {
    return of(new NetworkTrainee<>(network), progress);
  }

  /**
   * The score of a network.
   *
   * @param network is not changed
   * @return an accuracy between 0 and 1, or a mean loss
   * @throws DataException if there are no examples
   */
  public double of(Trainee<?> network) {
    return of(network, examples -> {});
  }

  /**
   * The score of a network.
   *
   * @param network is not changed
   * @param progress is told the number of examples that have been seen, after each batch
   * @return an accuracy between 0 and 1, or a mean loss
   * @throws DataException if there are none
   */
  public double of(Trainee<?> network, LongConsumer progress) {
    double sum = 0;
    double count = 0;
    long examples = 0;
    MultiDataSetIterator batches = data.get();
    while (batches.hasNext()) {
      MultiDataSet batch = batches.next();
      long size = batch.getFeatures(0).size(0);
      if (accuracy) {
        INDArray right = right(outputs(network, batch).get(0), batch.getLabels(0));
        INDArray mask = mask(batch, right);
        sum += (mask == null ? right : right.mul(mask)).sumNumber().doubleValue();
        count += mask == null ? right.length() : mask.sumNumber().doubleValue();
      } else {
        sum += network.loss(batch) * size;
        count += size;
      }
      examples += size;
      progress.accept(examples);
    }
    if (count == 0) {
      throw new DataException("There are no examples to validate a network with.");
    }
    return sum / count;
  }

  /** What the network makes of the features of a batch. */
  static List<INDArray> outputs(Trainee<?> network, MultiDataSet batch) {
    INDArray[] masks = batch.getFeaturesMaskArrays();
    return network.outputs(
        Arrays.asList(batch.getFeatures()), masks == null ? null : Arrays.asList(masks));
  }

  /** 1 for each right answer, 0 for each wrong one: the shape of the labels without classes. */
  private INDArray right(INDArray outputs, INDArray labels) {
    if (labels.size(classAxis) == 1) {
      INDArray same = outputs.gt(0.5).eq(labels.gt(0.5));
      return same.castTo(outputs.dataType()).max(classAxis);
    }
    return outputs.argMax(classAxis).eq(labels.argMax(classAxis)).castTo(outputs.dataType());
  }

  private static @Nullable INDArray mask(MultiDataSet batch, INDArray right) {
    INDArray[] masks = batch.getLabelsMaskArrays();
    return masks == null || masks[0] == null
        ? null
        : masks[0].castTo(right.dataType()).reshape('c', right.shape());
  }

  /**
   * Whether the first score is the better one. A score that is no number is the worst.
   *
   * @param score of this validation
   * @param than of this validation, too
   * @return false where they are equal
   */
  public boolean isBetter(double score, double than) {
    return lead(score, than) > 0 || (Double.isNaN(than) && !Double.isNaN(score));
  }

  /** By how much a score is better than another one; negative if it is worse. */
  double lead(double score, double than) {
    return accuracy ? score - than : than - score;
  }

  /** A score that is worse by so much. */
  double worse(double score, double by) {
    return accuracy ? score - by : score + by;
  }

  /** As a checkpoint remembers it. */
  @Override
  public String toString() {
    return accuracy ? "accuracy" : "loss";
  }
}
