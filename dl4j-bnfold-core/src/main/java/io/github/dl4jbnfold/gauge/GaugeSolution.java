package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Picks one solution of a gauge system. */
final class GaugeSolution {
  private final Graph graph;
  private final Cells cells;
  private final ScaleForest scales;
  private final ShiftSystem shifts;

  GaugeSolution(Graph graph, Cells cells, ScaleForest scales, ShiftSystem shifts) {
    this.graph = graph;
    this.cells = cells;
    this.scales = scales;
    this.shifts = shifts;
  }

  Gauges solve(int[] groups) {
    int[] anchors = anchors(groups);
    Map<Integer, double[]> rootScales = new HashMap<>();
    Gauge[] gauges = new Gauge[graph.tensors().size()];
    for (Tensor tensor : graph.tensors()) {
      gauges[tensor.id()] = Gauge.identity(tensor.channels());
    }
    for (int cell = 0; cell < cells.count(); cell++) {
      ScaleForest.Position position = scales.find(cell);
      int length = cells.length(cell);
      double[] root =
          rootScales.computeIfAbsent(position.root(), r -> rootScale(r, anchors[r], length));
      double[] shift = shifts.solve(cell, cell);
      Gauge gauge = gauges[cells.tensor(cell).id()];
      for (int i = 0; i < length; i++) {
        int channel = cells.start(cell) + i;
        double a = withoutRounding(root[i] * Vectors.at(position.ratio(), i));
        gauge.scale()[channel] = a;
        // Adding 0 turns −0 into 0, which readers may compare with.
        gauge.shift()[channel] = shift == null ? 0 : shift[i] * a + 0.0;
      }
    }
    return new Gauges(gauges);
  }

  /** A tensor that stays what it is shall not be rewritten for the last digit of s·(1/s). */
  private static double withoutRounding(double a) {
    return Math.abs(a - 1) <= 4 * Math.ulp(1.0) ? 1 : a;
  }

  /**
   * For each root the cell whose scale becomes 1: of the group that is read most, else the last.
   */
  private int[] anchors(int[] groups) {
    int[] weight = new int[cells.count()];
    for (int cell = 0; cell < cells.count(); cell++) {
      weight[groups[cell]] += graph.readers(cells.tensor(cell)).size();
    }
    int[] anchors = new int[cells.count()];
    Arrays.fill(anchors, -1);
    for (int cell = 0; cell < cells.count(); cell++) {
      int root = scales.root(cell);
      int current = anchors[root];
      if (current < 0 || weight[groups[cell]] >= weight[groups[current]]) {
        anchors[root] = cell;
      }
    }
    return anchors;
  }

  private double[] rootScale(int root, int anchor, int length) {
    double[] fixed = scales.value(root);
    if (fixed != null) {
      return fixed;
    }
    double @Nullable [] ratio = scales.ratio(anchor, root);
    byte[] sign = scales.sign(root);
    double[] value = new double[length];
    for (int i = 0; i < length; i++) {
      value[i] = 1 / Vectors.at(ratio, i);
      if (sign != null && sign[i] != 0 && Math.signum(value[i]) != sign[i]) {
        value[i] = -value[i];
      }
    }
    return value;
  }
}
