package io.github.dl4jbnfold.examples.data;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Labelled examples of classes. */
public interface Examples {
  /** How many there are. */
  int count();

  /** The names of the classes. */
  List<String> classes();

  /** The class of one, from 0. */
  int label(int index);

  /**
   * What a network is to read.
   *
   * @param random varies them in ways that keep their classes; null for them as they are
   * @return [examples, …]
   * @throws io.github.dl4jbnfold.linearize.train.DataException if one of them cannot be read
   */
  INDArray features(int[] indices, @Nullable Random random);
}
