package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.data.Examples;
import io.github.dl4jbnfold.examples.data.PixelNormalization;
import io.github.dl4jbnfold.examples.data.TrainingSet;
import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Labelled examples as a network reads them.
 *
 * @param set with a column of labels for each class
 * @param single whether the network has one output, the probability of the second of two classes
 */
record LinearizeData(TrainingSet set, boolean single) {
  private static final int IMAGE_RANK = 3;
  private static final int COLOURS = 3;

  /**
   * Reads the examples that the options name.
   *
   * @throws DataException if they do not fit the network
   */
  static LinearizeData read(LinearizeModel<?> model, LinearizeOptions options) throws IOException {
    LinearizeModel.Shapes shapes = model.shapes();
    long[] input = shapes.input();
    boolean channelsLast = isChannelsLast(input);
    long[] plain = channelsLast ? new long[] {input[2], input[0], input[1]} : input;
    Examples examples = options.format().read(options.data(), plain);
    long[] read = examples.features(new int[] {0}, null).shape();
    if (!Arrays.equals(Arrays.copyOfRange(read, 1, read.length), plain)) {
      throw new DataException(
          "An example has the shape %s, and the network reads %s."
              .formatted(Arrays.toString(read), Arrays.toString(plain)));
    }
    UnaryOperator<INDArray> normalization = normalization(model, options, plain);
    TrainingSet set =
        new TrainingSet(
            examples,
            shapes.classes(),
            options.batch(),
            channelsLast
                ? x -> normalization.apply(x).permute(0, 2, 3, 1).dup('c')
                : normalization);
    return new LinearizeData(set, shapes.outputs() == 1);
  }

  /** Whether an image is [height, width, channels]. */
  private static boolean isChannelsLast(long... input) {
    return input.length == IMAGE_RANK
        && input[0] != 1
        && input[0] != COLOURS
        && (input[2] == 1 || input[2] == COLOURS);
  }

  private static UnaryOperator<INDArray> normalization(
      LinearizeModel<?> model, LinearizeOptions options, long... shape) {
    Optional<DataNormalization> normalizer = model.normalizer();
    if (normalizer.isPresent()) {
      return features -> {
        INDArray normalized = features.dup();
        normalizer.get().transform(normalized);
        return normalized;
      };
    }
    if (shape.length != IMAGE_RANK) {
      return UnaryOperator.identity();
    }
    for (int given : new int[] {options.means().length, options.deviations().length}) {
      if (given != 1 && given != shape[0]) {
        throw CommandFailure.usage(
            "--mean and --std: give one number, or %d, one for each channel, not %d."
                .formatted(shape[0], given));
      }
    }
    return new PixelNormalization(options.means(), options.deviations());
  }

  /** How many examples there are to train with. */
  int size() {
    return set.size();
  }

  String fingerprint() {
    return set.fingerprint();
  }

  INDArray calibration(int count) {
    return set.calibration(count);
  }

  Epochs epochs() {
    return Epochs.of(this::epoch);
  }

  private DataSetIterator epoch(long seed) {
    DataSetIterator epoch = set.epoch(seed);
    if (single) {
      epoch.setPreProcessor(batch -> batch.setLabels(second(batch.getLabels())));
    }
    return epoch;
  }

  /** By the share of right answers on the examples that are held back. */
  Validation accuracy() {
    return Validation.accuracy(() -> labelled(set.validation()));
  }

  /** By the loss on the first so many of them. */
  Validation loss(int count) {
    return Validation.loss(() -> labelled(set.validation(count)));
  }

  private MultiDataSetIterator labelled(MultiDataSetIterator batches) {
    if (single) {
      batches.setPreProcessor(batch -> batch.setLabels(0, second(batch.getLabels(0))));
    }
    return batches;
  }

  /** 1 for the second class, 0 for the first: [examples, 1]. */
  private static INDArray second(INDArray labels) {
    return labels.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2)).dup('c');
  }
}
