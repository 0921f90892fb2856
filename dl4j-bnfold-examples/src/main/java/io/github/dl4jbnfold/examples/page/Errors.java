package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.chart.Bars.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far single numbers of the outputs of two networks are apart.
 *
 * @param decades how many differ, relative to the largest magnitude of their output, by the power
 *     of ten at or above the difference; all that no data type can tell apart is together
 * @param equal how many are the same to the last bit
 * @param largest of these differences
 */
record Errors(TreeMap<Integer, Long> decades, long equal, double largest) {
  /** What is smaller is rounding even in float64. */
  private static final int LEAST = -16;

  static Errors of(Map<String, INDArray> before, Map<String, INDArray> after) {
    TreeMap<Integer, Long> decades = new TreeMap<>();
    long equal = 0;
    double largest = 0;
    for (Map.Entry<String, INDArray> output : before.entrySet()) {
      double[] x = values(output.getValue());
      double[] y = values(Objects.requireNonNull(after.get(output.getKey())));
      double magnitude = 0;
      for (double value : x) {
        magnitude = Double.isFinite(value) ? Math.max(magnitude, Math.abs(value)) : magnitude;
      }
      for (int i = 0; i < x.length; i++) {
        double error = Math.abs(x[i] - y[i]) / magnitude;
        if (Double.compare(x[i], y[i]) == 0 || error == 0 || !Double.isFinite(error)) {
          equal++;
        } else {
          decades.merge(Math.max(LEAST, (int) Math.ceil(Math.log10(error))), 1L, Long::sum);
          largest = Math.max(largest, error);
        }
      }
    }
    return new Errors(decades, equal, largest);
  }

  private static double[] values(INDArray array) {
    INDArray wide = array.castTo(DataType.DOUBLE).dup('c');
    return wide.isEmpty() ? new double[0] : wide.reshape(wide.length()).toDoubleVector();
  }

  long count() {
    return equal + decades.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One for what is equal, one for each decade between the least and the largest. */
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>(List.of(new Bar("equal", equal)));
    if (!decades.isEmpty()) {
      for (int decade = decades.firstKey(); decade <= decades.lastKey(); decade++) {
        bars.add(new Bar("≤1e" + decade, decades.getOrDefault(decade, 0L)));
      }
    }
    return bars;
  }
}
