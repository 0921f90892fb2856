package io.github.dl4jbnfold.linearize.train;

import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What is done to each batch of a data set. */
@FunctionalInterface
interface BatchMap {
  /**
   * The batch to go on with; the arrays of the given one are not written into.
   *
   * @param number of the batch since the data began, from 0
   */
  MultiDataSet apply(MultiDataSet batch, long number);
}
