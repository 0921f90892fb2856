package io.github.dl4jbnfold.verify;

import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far two runs differ.
 *
 * @param maxAbsoluteError the largest difference of two elements
 * @param maxRelativeError the largest over all outputs of: largest difference divided by the
 *     largest magnitude in the original output
 */
public record Agreement(double maxAbsoluteError, double maxRelativeError) {
  /** Two runs that do not differ. */
  public static final Agreement EXACT = new Agreement(0, 0);

  /**
   * Compares all outputs of two runs; outputs of other shapes differ infinitely.
   *
   * @param original outputs by name, of any types and shapes
   * @param other under the same names; one that is missing differs infinitely
   * @return the largest differences over all outputs
   */
  public static Agreement of(Map<String, INDArray> original, Map<String, INDArray> other) {
    return of(original, other, 0);
  }

  /**
   * The same where an output may vanish.
   *
   * @param original outputs by name
   * @param other under the same names
   * @param floor the least magnitude that a difference is measured against: an output in which all
   *     cancels has a magnitude of rounding errors
   * @return the largest differences over all outputs
   */
  public static Agreement of(
      Map<String, INDArray> original, Map<String, INDArray> other, double floor) {
    Agreement worst = EXACT;
    for (Map.Entry<String, INDArray> output : original.entrySet()) {
      INDArray counterpart = other.get(output.getKey());
      worst =
          worst.and(
              counterpart == null
                  ? new Agreement(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY)
                  : of(output.getValue(), counterpart, floor));
    }
    return worst;
  }

  /**
   * Compares two arrays. NaN agrees with NaN, and an infinity with itself.
   *
   * @param original of any floating-point type and shape
   * @param other of the same shape; of another one it differs infinitely
   * @return the largest differences of two elements
   */
  public static Agreement of(INDArray original, INDArray other) {
    return of(original, other, 0);
  }

  private static Agreement of(INDArray original, INDArray other, double floor) {
    if (!original.equalShapes(other)) {
      return new Agreement(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double[] x = flat(original);
    double[] y = flat(other);
    double difference = 0;
    double magnitude = floor;
    for (int i = 0; i < x.length; i++) {
      if (Double.compare(x[i], y[i]) == 0 || x[i] == y[i]) {
        magnitude = Double.isFinite(x[i]) ? Math.max(magnitude, Math.abs(x[i])) : magnitude;
        continue;
      }
      double d = Math.abs(x[i] - y[i]);
      difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
      magnitude = Math.max(magnitude, Math.abs(x[i]));
    }
    double relative = difference == 0 ? 0 : difference / magnitude;
    return new Agreement(difference, Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative);
  }

  private static double[] flat(INDArray array) {
    INDArray wide = array.castTo(DataType.DOUBLE).dup('c');
    return wide.isEmpty() ? new double[0] : wide.reshape(wide.length()).toDoubleVector();
  }

  /**
   * The larger errors of two comparisons.
   *
   * @param other of other outputs
   * @return the larger one of each
   */
  public Agreement and(Agreement other) {
    return new Agreement(
        Math.max(maxAbsoluteError, other.maxAbsoluteError),
        Math.max(maxRelativeError, other.maxRelativeError));
  }
}
