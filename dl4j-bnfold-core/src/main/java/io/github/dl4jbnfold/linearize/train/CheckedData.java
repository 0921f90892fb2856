package io.github.dl4jbnfold.linearize.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Data that are checked before a network is trained on them: features and labels are finite,
 * features have a shape that the network takes, labels have that of its outputs and are labels. The
 * first batch that fails ends the training with one sentence that names it.
 *
 * <p>Which shapes the network takes it says itself: it runs on one example of every new shape, or
 * on the batch. Labels are checked before a teacher's are mixed in.
 */
public final class CheckedData {
  private final Trainee<?> network;
  private final List<LabelKind> kinds;
  private final int classAxis;

  /** The shapes of the outputs for one example, by the shapes of the features. */
  private final Map<List<List<Long>>, List<List<Long>>> known = new HashMap<>();

  private CheckedData(Trainee<?> network, List<LabelKind> kinds, int classAxis) {
    this.network = network;
    this.kinds = kinds;
    this.classAxis = classAxis;
  }

  /**
   * Checks for a network. Labels of softmax's cross-entropy have to be one-hot, others finite.
   *
   * @param network a MultiLayerNetwork or ComputationGraph; it is not changed
   * @return a check that knows what labels the losses of its outputs take
   */
  public static CheckedData of(Model network) {
    return of(new NetworkTrainee<>(network));
  }

  /**
   * Checks for a network. Labels of softmax's cross-entropy have to be one-hot, others finite.
   *
   * @param network is run on examples of new shapes, and not changed
   * @return a check that knows what labels the losses of its outputs take
   */
  public static CheckedData of(Trainee<?> network) {
    return new CheckedData(network, network.labels(), 1);
  }

  /**
   * The same with other kinds of labels, one for each output of the network.
   *
   * @param others in the order of the outputs
   * @return a copy with them
   * @throws IllegalArgumentException if there are not as many as outputs
   */
  public CheckedData labels(LabelKind... others) {
    if (others.length != kinds.size()) {
      throw new IllegalArgumentException(
          "The network has %d outputs, not %d.".formatted(kinds.size(), others.length));
    }
    return new CheckedData(network, List.of(others), classAxis);
  }

  /**
   * The same with the classes on another axis of the labels than 1.
   *
   * @param axis of labels and outputs
   * @return a copy with it
   */
  public CheckedData classAxis(int axis) {
    return new CheckedData(network, kinds, axis);
  }

  /**
   * The same data, checked.
   *
   * @param data of one input and one output
   * @return the same batches; {@code next} throws a {@link DataException} at the first that fails
   */
  public DataSetIterator of(DataSetIterator data) {
    return new MappedData(data, this::checked);
  }

  /**
   * The same data, checked.
   *
   * @param data of any number of inputs and outputs
   * @return the same batches; {@code next} throws a {@link DataException} at the first that fails
   */
  public MultiDataSetIterator of(MultiDataSetIterator data) {
    return new MappedMultiData(data, this::checked);
  }

  /**
   * The batch.
   *
   * @throws DataException if nothing can be trained on it
   */
  MultiDataSet checked(MultiDataSet batch, long number) {
    for (int i = 0; i < batch.numFeatureArrays(); i++) {
      checkFinite(batch, number, "features", batch.getFeatures(i));
    }
    List<List<Long>> outputs = outputs(batch, number);
    if (outputs.size() != batch.numLabelsArrays()) {
      throw new DataException(
          "Batch %d has labels of %d outputs, but the network has %d."
              .formatted(number, batch.numLabelsArrays(), outputs.size()));
    }
    for (int i = 0; i < outputs.size(); i++) {
      checkLabels(batch, number, i, outputs.get(i));
    }
    return batch;
  }

  private static void checkFinite(MultiDataSet batch, long number, String what, INDArray array) {
    OptionalLong wrong = LabelCheck.firstNotFinite(array);
    if (wrong.isPresent()) {
      long example = wrong.getAsLong() / (array.length() / array.size(0));
      throw new DataException(
          "The %s of %s hold a number that is not finite."
              .formatted(what, place(batch, number, example)));
    }
  }

  private List<List<Long>> outputs(MultiDataSet batch, long number) {
    List<List<Long>> shapes = new ArrayList<>();
    for (INDArray features : batch.getFeatures()) {
      shapes.add(example(features));
    }
    List<List<Long>> outputs = known.get(shapes);
    if (outputs == null) {
      outputs = probed(batch, number, shapes);
      known.put(shapes, outputs);
    }
    return outputs;
  }

  private List<List<Long>> probed(MultiDataSet batch, long number, List<List<Long>> shapes) {
    List<INDArray> features = new ArrayList<>();
    for (INDArray array : batch.getFeatures()) {
      features.add(Rows.of(array, 0));
    }
    try {
      return examples(network.outputs(features, firstMasks(batch)));
    } catch (RuntimeException one) {
      try {
        return examples(Validation.outputs(network, batch)); // It may take batches of one size.
      } catch (RuntimeException e) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        throw new DataException(
            "The network takes no examples of the shape %s, as those of batch %d are: %s"
                .formatted(shapes.size() == 1 ? shapes.get(0) : shapes, number, why),
            e);
      }
    }
  }

  private static List<List<Long>> examples(List<INDArray> outputs) {
    return outputs.stream().map(CheckedData::example).toList();
  }

  private static @Nullable List<@Nullable INDArray> firstMasks(MultiDataSet batch) {
    INDArray[] masks = batch.getFeaturesMaskArrays();
    if (masks == null) {
      return null;
    }
    List<@Nullable INDArray> first = new ArrayList<>();
    for (INDArray mask : masks) {
      first.add(mask == null ? null : Rows.of(mask, 0));
    }
    return first;
  }

  private void checkLabels(MultiDataSet batch, long number, int index, List<Long> wanted) {
    INDArray labels = batch.getLabels(index);
    if (!example(labels).equals(wanted) || labels.size(0) != batch.getFeatures(0).size(0)) {
      throw new DataException(
          "The labels of batch %d have the shape %s, but the network answers %d examples with %s each."
              .formatted(
                  number, Arrays.toString(labels.shape()), batch.getFeatures(0).size(0), wanted));
    }
    checkFinite(batch, number, "labels", labels);
    INDArray[] masks = batch.getLabelsMaskArrays();
    OptionalLong wrong =
        LabelCheck.firstWrong(
            labels, masks == null ? null : masks[index], kinds.get(index), classAxis);
    if (wrong.isPresent()) {
      long positions = labels.length() / labels.size(classAxis) / labels.size(0);
      throw new DataException(
          "The labels of %s are %s, which is %s."
              .formatted(
                  place(batch, number, wrong.getAsLong() / positions),
                  LabelCheck.text(labels, wrong.getAsLong(), classAxis),
                  kinds.get(index) == LabelKind.ONE_HOT
                      ? "not one-hot. Maybe labels(DISTRIBUTION), or labels(NUMBERS)"
                      : "no distribution"));
    }
  }

  private static String place(MultiDataSet batch, long number, long example) {
    String place = "example %d of batch %d".formatted(example, number);
    List<Serializable> names =
        batch instanceof org.nd4j.linalg.dataset.MultiDataSet known
            ? known.getExampleMetaData()
            : null;
    return names != null && example < names.size()
        ? place + " (%s)".formatted(names.get(Math.toIntExact(example)))
        : place;
  }

  private static List<Long> example(INDArray array) {
    return Arrays.stream(array.shape()).skip(1).boxed().toList();
  }
}
