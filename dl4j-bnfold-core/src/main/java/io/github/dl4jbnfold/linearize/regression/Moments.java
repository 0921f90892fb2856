package io.github.dl4jbnfold.linearize.regression;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that a linear regression with a bias has to know of its examples: sums of products, so that
 * the examples themselves need not be kept.
 */
public final class Moments {
  private final INDArray products;
  private final INDArray crossProducts;
  private final INDArray targetSquares;
  private long rows;

  /**
   * None yet.
   *
   * @param columns how many numbers are read
   * @param outputs how many are written
   */
  public Moments(int columns, int outputs) {
    // One column more, of ones, for the bias.
    products = Nd4j.zeros(DataType.DOUBLE, columns + 1, columns + 1);
    crossProducts = Nd4j.zeros(DataType.DOUBLE, columns + 1, outputs);
    targetSquares = Nd4j.zeros(DataType.DOUBLE, outputs);
  }

  /**
   * Takes examples in.
   *
   * @param x [rows, columns], float64
   * @param y [rows, outputs], float64
   */
  public void add(INDArray x, INDArray y) {
    INDArray extended = Nd4j.hstack(x, Nd4j.ones(DataType.DOUBLE, x.rows(), 1));
    products.addi(extended.transpose().mmul(extended));
    crossProducts.addi(extended.transpose().mmul(y));
    targetSquares.addi(y.mul(y).sum(0));
    rows += x.rows();
  }

  long rows() {
    return rows;
  }

  int columns() {
    return products.columns() - 1;
  }

  int outputs() {
    return crossProducts.columns();
  }

  /** The sums over rows of the columns' products, the last column being ones. */
  INDArray products() {
    return products;
  }

  /** The sums over rows of a column times an output. */
  INDArray crossProducts() {
    return crossProducts;
  }

  /**
   * The sum of squares of y − x·weights, the last row of the weights being the bias; not a number
   * where an example was not.
   */
  double squaredError(INDArray weights) {
    double linear = weights.mul(crossProducts).sumNumber().doubleValue();
    double square = weights.mul(products.mmul(weights)).sumNumber().doubleValue();
    double error = targetSquares.sumNumber().doubleValue() - 2 * linear + square;
    return error < 0 ? 0 : error; // By rounding only.
  }

  /** The sum of squares of what the mean of each output does not explain. */
  public double variation() {
    INDArray sums = crossProducts.getRow(columns()).dup();
    return targetSquares.sub(sums.mul(sums).div(Math.max(rows, 1))).sumNumber().doubleValue();
  }
}
