package io.github.dl4jbnfold.examples.data;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Batches in a directory, each of them a file that {@code DataSet.save} has written. */
public final class SavedBatches {
  private SavedBatches() {}

  /**
   * Opens a directory; the batches come in the order of their files' names. All files are read once
   * now: what is wrong with one is better said before a training than hours later.
   *
   * @param network from features to outputs, which labels are compared with
   * @throws DataException if one of the files is none, or does not fit the network
   */
  public static DataSetIterator read(Path directory, UnaryOperator<INDArray> network)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new DataException(
          "%s: there is no such directory. Check the path.".formatted(directory));
    }
    List<Path> files;
    try (Stream<Path> tree = Files.walk(directory)) {
      files = tree.filter(Files::isRegularFile).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new DataException(
          "%s: there are no files in it. Save DataSets there.".formatted(directory));
    }
    DataSet first = load(files.get(0));
    check(files.get(0), first, network);
    for (Path file : files) {
      checkLike(first, files.get(0), load(file), file);
    }
    return new ExistingDataSetIterator(() -> files.stream().map(SavedBatches::load).iterator());
  }

  private static DataSet load(Path file) {
    DataSet batch = new DataSet();
    try {
      batch.load(file.toFile());
    } catch (RuntimeException e) {
      throw new DataException(
          "%s: this is no DataSet. Maybe move it elsewhere.".formatted(file), e);
    }
    if (batch.getFeatures() == null || batch.getLabels() == null) {
      throw new DataException(
          "%s: it has no features or no labels. Maybe move it elsewhere.".formatted(file));
    }
    return batch;
  }

  private static void check(Path file, DataSet batch, UnaryOperator<INDArray> network) {
    INDArray output;
    try {
      output = network.apply(batch.getFeatures());
    } catch (RuntimeException e) {
      throw new DataException(
          "%s: the network does not take features of shape %s. Maybe they are of another network."
              .formatted(file, Arrays.toString(batch.getFeatures().shape())),
          e);
    }
    if (!Arrays.equals(output.shape(), batch.getLabels().shape())) {
      throw new DataException(
          "%s: its labels have the shape %s, and the outputs of the network have %s."
              .formatted(
                  file,
                  Arrays.toString(batch.getLabels().shape()),
                  Arrays.toString(output.shape())));
    }
  }

  private static void checkLike(DataSet first, Path like, DataSet batch, Path file) {
    if (!sameExample(first.getFeatures(), batch.getFeatures())
        || !sameExample(first.getLabels(), batch.getLabels())) {
      throw new DataException(
          "%s: its examples have other shapes than those in %s. Maybe move it elsewhere."
              .formatted(file, like));
    }
  }

  private static boolean sameExample(INDArray one, INDArray other) {
    return one.rank() == other.rank()
        && Arrays.equals(one.shape(), 1, one.rank(), other.shape(), 1, other.rank());
  }
}
