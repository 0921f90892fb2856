package io.github.dl4jbnfold.gauge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shift equations Σ_j k_j·c_j = τ·a, one block of channels per cell, kept in solved form and
 * added one at a time with rollback. Theory, section 1.
 *
 * <p>All shifts and scales of one equation belong to one scale class, so an equation divided by the
 * scale of the class has constant coefficients; τ is stored relative to the scale of one member.
 */
final class ShiftSystem {
  /** Relative size below which a sum that should cancel has cancelled. */
  static final double TOLERANCE = 1e-9;

  /** c_pivot = Σ_j k_j·c_j + rhs·a_reference; magnitude is that of the largest term of rhs. */
  private record Row(
      Map<Integer, Double> terms,
      double @Nullable [] rhs,
      double @Nullable [] magnitude,
      int reference) {}

  private final ScaleForest scales;
  private final IntUnaryOperator preference;
  private final Map<Integer, Row> rows = new LinkedHashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();

  /**
   * @param preference of a cell: the higher, the rather its shift is computed from the others; the
   *     shifts that remain free are set to 0
   */
  ShiftSystem(ScaleForest scales, IntUnaryOperator preference) {
    this.scales = scales;
    this.preference = preference;
  }

  /**
   * Demands Σ_j k_j·c_j = rhs·a_reference.
   *
   * @return the first channel at which it contradicts what was demanded before, or −1
   */
  int add(Map<Integer, Double> terms, double @Nullable [] rhs, int reference) {
    Sum sum = new Sum();
    terms.forEach(sum::addShiftOrRow);
    if (rhs != null) {
      sum.addConstant(rhs, magnitudes(rhs), -1, reference);
    }
    if (sum.terms.isEmpty()) {
      return sum.firstNonZero();
    }
    put(choosePivot(sum), sum);
    return -1;
  }

  private int choosePivot(Sum sum) {
    int best = -1;
    for (int cell : sum.terms.keySet()) {
      if (best < 0 || preference.applyAsInt(cell) > preference.applyAsInt(best)) {
        best = cell;
      }
    }
    return best;
  }

  private void put(int pivot, Sum sum) {
    Double own = sum.terms.remove(pivot);
    double factor = -1 / (own == null ? 1 : own);
    sum.terms.replaceAll((cell, k) -> k * factor);
    set(
        pivot,
        new Row(
            sum.terms,
            scaled(sum.rhs, factor),
            scaled(sum.magnitude, Math.abs(factor)),
            sum.reference));
  }

  private void set(int pivot, Row row) {
    Row old = rows.put(pivot, row);
    undo.push(
        () -> {
          if (old == null) {
            rows.remove(pivot);
          } else {
            rows.put(pivot, old);
          }
        });
  }

  /** The value of c_cell/a_reference when every free shift is 0; null for a vector of zeros. */
  double @Nullable [] solve(int cell, int reference) {
    Row row = rows.get(cell);
    if (row == null) {
      return null;
    }
    Row reduced = compress(cell, row);
    return reduced.rhs == null
        ? null
        : Vectors.times(reduced.rhs, scales.ratio(reduced.reference, reference));
  }

  /** Replaces a row by one whose terms are all free, so that long chains are walked once. */
  private Row compress(int cell, Row row) {
    Deque<Integer> path = new ArrayDeque<>();
    path.push(cell);
    Row reduced = row;
    while (!path.isEmpty()) {
      int top = path.peek();
      reduced = rowOf(top);
      int deeper = unreducedTerm(reduced);
      if (deeper >= 0) {
        path.push(deeper);
      } else {
        path.pop();
        reduced = substitute(top, reduced);
      }
    }
    return reduced;
  }

  private Row rowOf(int cell) {
    Row row = rows.get(cell);
    if (row == null) {
      throw new IllegalStateException("The shift of cell " + cell + " is free.");
    }
    return row;
  }

  private boolean isReduced(Row row) {
    return row.terms.keySet().stream().noneMatch(rows::containsKey);
  }

  /** A term of the row whose own row still has solved terms, or −1. */
  private int unreducedTerm(Row row) {
    for (int term : row.terms.keySet()) {
      Row inner = rows.get(term);
      if (inner != null && !isReduced(inner)) {
        return term;
      }
    }
    return -1;
  }

  private Row substitute(int cell, Row row) {
    if (isReduced(row)) {
      return row;
    }
    Sum sum = new Sum();
    row.terms.forEach(sum::addShiftOrRow);
    if (row.rhs != null && row.magnitude != null) {
      sum.addConstant(row.rhs, row.magnitude, 1, row.reference);
    }
    Row reduced = new Row(sum.terms, sum.rhs, sum.magnitude, sum.reference);
    set(cell, reduced);
    return reduced;
  }

  int mark() {
    return undo.size();
  }

  void rollback(int mark) {
    while (undo.size() > mark) {
      undo.pop().run();
    }
  }

  private static double[] magnitudes(double[] x) {
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = Math.abs(x[i]);
    }
    return result;
  }

  private static double @Nullable [] scaled(double @Nullable [] x, double factor) {
    if (x == null) {
      return null;
    }
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = x[i] * factor;
    }
    return result;
  }

  /** A linear form Σ_j k_j·c_j + rhs·a_reference under construction. */
  private final class Sum {
    final Map<Integer, Double> terms = new LinkedHashMap<>();
    double @Nullable [] rhs;
    double @Nullable [] magnitude;
    int reference = -1;

    void addShift(int cell, double k) {
      double total = terms.merge(cell, k, Double::sum);
      if (Math.abs(total) < 1e-12) {
        terms.remove(cell);
      }
    }

    void addRow(Row row, double k) {
      row.terms.forEach((cell, coefficient) -> addShift(cell, k * coefficient));
      if (row.rhs != null && row.magnitude != null) {
        addConstant(row.rhs, row.magnitude, k, row.reference);
      }
    }

    void addConstant(double[] value, double[] size, double k, int relativeTo) {
      if (rhs == null || magnitude == null) {
        rhs = new double[value.length];
        magnitude = new double[value.length];
        reference = relativeTo;
      }
      double[] ratio = scales.ratio(relativeTo, reference);
      for (int i = 0; i < value.length; i++) {
        double factor = k * Vectors.at(ratio, i);
        rhs[i] += factor * value[i];
        magnitude[i] = Math.max(magnitude[i], Math.abs(factor) * size[i]);
      }
    }

    /** Adds k·c_cell, by its reduced row where it is solved. */
    void addShiftOrRow(int cell, double k) {
      Row row = rows.get(cell);
      if (row == null) {
        addShift(cell, k);
      } else {
        addRow(compress(cell, row), k);
      }
    }

    int firstNonZero() {
      if (rhs == null || magnitude == null) {
        return -1;
      }
      for (int i = 0; i < rhs.length; i++) {
        if (!(Math.abs(rhs[i]) <= TOLERANCE * magnitude[i])) {
          return i;
        }
      }
      return -1;
    }
  }
}
