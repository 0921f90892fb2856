package io.github.dl4jbnfold.linearize.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The examples of a data set in an order that a seed says. */
final class ShuffledData implements DataSetIterator {
  private static final long serialVersionUID = 1;

  private final transient DataSet all;
  private final int batch;
  private final int[] order;
  private int next;
  private transient @Nullable DataSetPreProcessor preprocessor;

  ShuffledData(DataSet all, int batch, long seed) {
    if (all.hasMaskArrays()) {
      throw new IllegalArgumentException("Data with masks cannot be shuffled here.");
    }
    this.all = all;
    this.batch = batch;
    List<Integer> rows =
        IntStream.range(0, Math.toIntExact(all.getFeatures().size(0)))
            .boxed()
            .collect(Collectors.toList());
    Collections.shuffle(rows, new Random(seed));
    order = rows.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public boolean hasNext() {
    return next < order.length;
  }

  @Override
  public DataSet next() {
    return next(batch);
  }

  @Override
  public DataSet next(int examples) {
    if (!hasNext()) {
      throw new NoSuchElementException("The epoch has ended.");
    }
    int[] rows = Arrays.copyOfRange(order, next, Math.min(order.length, next + examples));
    next += rows.length;
    DataSet data = new DataSet(Rows.of(all.getFeatures(), rows), Rows.of(all.getLabels(), rows));
    if (preprocessor != null) {
      preprocessor.preProcess(data);
    }
    return data;
  }

  @Override
  public void reset() {
    next = 0;
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public int inputColumns() {
    return all.numInputs();
  }

  @Override
  public int totalOutcomes() {
    return all.numOutcomes();
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public List<String> getLabels() {
    return all.getLabelNamesList();
  }

  @Override
  public void setPreProcessor(@Nullable DataSetPreProcessor other) {
    preprocessor = other;
  }

  @Override
  public @Nullable DataSetPreProcessor getPreProcessor() {
    return preprocessor;
  }
}
