package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Where an operator states what it demands of the gauges (a, c) of its tensors: a tensor v is
 * carried as a·v + c, with one a ≠ 0 and one c per channel. Theory, section 1.
 *
 * <p>All slices of one demand have the same length; a demand speaks of their channels pairwise.
 */
public interface Demands {
  /** States nothing, but that these channels are another case than their neighbours. */
  default void separate(Slice x) {}

  /** a_x = a_y. */
  void sameScale(Slice x, Slice y);

  /**
   * a_x = factor·a_y.
   *
   * @param factor one finite number ≠ 0 per channel of the slices
   */
  void scaleRatio(Slice x, double[] factor, Slice y);

  /** a = 1. */
  void unitScale(Slice x);

  /** a &gt; 0. */
  void positiveScale(Slice x);

  /**
   * Σ_j k_j·c_j = rhs·a_reference. The scales of all slices must have been tied before.
   *
   * @param terms the slices with their coefficients
   * @param rhs one number per channel
   */
  void shiftEquation(List<Term> terms, double[] rhs, Slice reference);

  /** Σ_j k_j·c_j = 0. The scales of all slices must have been tied before. */
  void shiftEquation(List<Term> terms);

  /** c = 0. */
  default void noShift(Slice x) {
    shiftEquation(List.of(new Term(1, x)));
  }

  /** Equal scale and equal shift. */
  default void same(Slice x, Slice y) {
    sameScale(x, y);
    shiftEquation(List.of(new Term(1, x), new Term(-1, y)));
  }

  /** a = 1 and c = 0: the tensor stays what it is. */
  default void fixed(Slice x) {
    unitScale(x);
    noShift(x);
  }

  /** One addend k·c of a shift equation. */
  record Term(double coefficient, Slice slice) {}
}
