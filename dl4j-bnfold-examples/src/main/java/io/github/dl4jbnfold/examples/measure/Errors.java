package io.github.dl4jbnfold.examples.measure;

import java.util.List;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far single numbers of the outputs of two networks are apart.
 *
 * @param decades how many differ, relative to the largest magnitude of their output, by the power
 *     of ten at or above the difference; all that no data type can tell apart is together
 * @param equal how many are the same to the last bit
 * @param notFinite how many differ in being numbers at all, or differ from an output of zeros
 * @param largest of these differences; infinite where some are not finite
 */
public record Errors(TreeMap<Integer, Long> decades, long equal, long notFinite, double largest) {
  /** What is smaller is rounding even in float64. */
  private static final int LEAST = -16;

  /** Compares outputs, each relative to its own largest magnitude. */
  public static Errors of(List<Pairing> outputs) {
    TreeMap<Integer, Long> decades = new TreeMap<>();
    long equal = 0;
    long notFinite = 0;
    double largest = 0;
    for (Pairing output : outputs) {
      double[] x = values(output.before());
      double[] y = values(output.after());
      double magnitude = 0;
      for (double value : x) {
        magnitude = Double.isFinite(value) ? Math.max(magnitude, Math.abs(value)) : magnitude;
      }
      for (int i = 0; i < x.length; i++) {
        if (x[i] == y[i] || Double.compare(x[i], y[i]) == 0) {
          equal++;
          continue;
        }
        double error = Math.abs(x[i] - y[i]) / magnitude;
        if (Double.isFinite(error)) {
          decades.merge(decade(error), 1L, Long::sum);
          largest = Math.max(largest, error);
        } else {
          notFinite++;
          largest = Double.POSITIVE_INFINITY;
        }
      }
    }
    return new Errors(decades, equal, notFinite, largest);
  }

  private static int decade(double error) {
    return Math.max(LEAST, (int) Math.ceil(Math.log10(error)));
  }

  private static double[] values(INDArray array) {
    INDArray wide = array.castTo(DataType.DOUBLE).dup('c');
    return wide.isEmpty() ? new double[0] : wide.reshape(wide.length()).toDoubleVector();
  }

  /** All numbers there are. */
  public long count() {
    return equal + notFinite + decades.values().stream().mapToLong(Long::longValue).sum();
  }
}
