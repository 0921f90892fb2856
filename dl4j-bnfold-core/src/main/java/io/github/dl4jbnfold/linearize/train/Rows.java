package io.github.dl4jbnfold.linearize.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Examples of an array of any rank, whose first axis they are. */
final class Rows {
  private Rows() {}

  static INDArray of(INDArray array, int... rows) {
    long[] shape = array.shape().clone();
    INDArray flat = array.reshape('c', shape[0], array.length() / shape[0]);
    shape[0] = rows.length;
    return Nd4j.pullRows(flat, 1, rows, 'c').reshape('c', shape);
  }
}
