package io.github.dl4jbnfold.linearize.train;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Labels with those of a teacher mixed in:
 *
 * <pre>(1 − w)·label + w·teacher(features)</pre>
 *
 * <p>The gradients of cross-entropy and of squared errors are affine in the label. So with these
 * labels any training loop follows the gradient of (1 − w)·(loss against the label) + w·(loss
 * against the teacher), which is distillation at temperature 1 (Hinton, Vinyals, Dean, 2015), up to
 * rounding. {@link #requireAffineLosses} refuses networks with other losses.
 *
 * <p>The teacher runs at inference on the batches as they come, augmented or not, with the masks of
 * the features. Masks, names and other data of the examples stay.
 */
public final class Distillation {
  private final Trainee<?> teacher;
  private final double weight;

  /**
   * Mixes in the outputs of a network.
   *
   * @param teacher a MultiLayerNetwork or ComputationGraph with the outputs of the one to train; it
   *     is not changed
   * @param weight of the teacher, from 0 to 1
   */
  public Distillation(Model teacher, double weight) {
    this(new NetworkTrainee<>(teacher), weight);
  }

  /**
   * Mixes in the outputs of a network.
   *
   * @param teacher with the outputs of the one to train; it is not changed
   * @param weight of the teacher, from 0 to 1
   */
  public Distillation(Trainee<?> teacher, double weight) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException(
          "The weight of a teacher is between 0 and 1, not " + weight + ".");
    }
    this.teacher = teacher;
    this.weight = weight;
  }

  /** The same data with mixed labels. */
  public DataSetIterator labels(DataSetIterator data) {
    return new MappedData(data, (batch, number) -> labels(batch));
  }

  /** The same data with mixed labels. */
  public MultiDataSetIterator labels(MultiDataSetIterator data) {
    return new MappedMultiData(data, (batch, number) -> labels(batch));
  }

  /**
   * A batch with mixed labels.
   *
   * @throws DataException if the labels have not the shapes of the teacher's outputs
   */
  public org.nd4j.linalg.dataset.api.MultiDataSet labels(
      org.nd4j.linalg.dataset.api.MultiDataSet batch) {
    if (weight == 0) {
      return batch;
    }
    INDArray[] labels = batch.getLabels();
    List<INDArray> outputs = Validation.outputs(teacher, batch);
    INDArray[] mixed = new INDArray[labels.length];
    for (int i = 0; i < labels.length; i++) {
      mixed[i] = mixed(labels[i], i < outputs.size() ? outputs.get(i) : null, i);
    }
    MultiDataSet result =
        new MultiDataSet(
            batch.getFeatures(), mixed, batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
    if (batch instanceof MultiDataSet known) {
      result.setExampleMetaData(known.getExampleMetaData());
    }
    return result;
  }

  private INDArray mixed(INDArray label, @Nullable INDArray output, int index) {
    if (output == null || !Arrays.equals(label.shape(), output.shape())) {
      throw new DataException(
          "Labels of the shape %s cannot be mixed with output %d of the teacher%s."
              .formatted(
                  Arrays.toString(label.shape()),
                  index,
                  output == null
                      ? ", which there is not"
                      : ", whose shape is " + Arrays.toString(output.shape())));
    }
    INDArray share = output.castTo(label.dataType()).mul(weight);
    return share.addi(label.mul(1 - weight));
  }

  /**
   * Refuses a network for which mixed labels are not mixed losses.
   *
   * @param student a MultiLayerNetwork or ComputationGraph
   * @throws TrainingException if one of its outputs has another loss than cross-entropy, the
   *     Kullback–Leibler divergence or a squared error
   */
  public static void requireAffineLosses(Model student) {
    new NetworkTrainee<>(student).requireAffineLosses();
  }
}
