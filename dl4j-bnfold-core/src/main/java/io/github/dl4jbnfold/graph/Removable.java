package io.github.dl4jbnfold.graph;

import io.github.dl4jbnfold.graph.Demands.Term;
import java.util.Arrays;
import java.util.List;

/**
 * One affine map per channel, y = scale·x + shift, with constant vectors: a candidate for removal.
 *
 * <p>What it demands when it is removed (a_in = s·a_out and c_in = t·a_out + c_out) is stated by
 * {@code gauge.Removal}, because channels with s = 0 need to know the neighbours.
 */
public sealed interface Removable extends Operator
    permits BatchNorm, ConstantMultiply, ConstantAdd, Normalizer {
  Tensor input();

  Tensor output();

  /** s, one number per channel. */
  double[] scale();

  /** t, one number per channel. */
  double[] shift();

  /** Which of these numbers can become others without a new operator. */
  Freedom freedom();

  /**
   * s̃ and t̃ as far as they are free, for the rest s̃ = s and t̃ = t with s̃ = a_out·s/a_in and t̃
   * = a_out·t + c_out − s̃·c_in.
   */
  @Override
  default void demandWithoutNewOperator(Demands demands) {
    switch (freedom()) {
      case BOTH, BOTH_NONZERO -> {}
      case SCALE -> {
        demands.noShift(input().all());
        demands.noShift(output().all());
      }
      case SHIFT -> demands.sameScale(input().all(), output().all());
      case NONE -> demandUnchanged(demands);
    }
  }

  private void demandUnchanged(Demands demands) {
    double s = scale().length == 0 ? 1 : scale()[0];
    demands.sameScale(input().all(), output().all());
    if (Arrays.stream(shift()).anyMatch(t -> t != 0)) {
      demands.unitScale(output().all());
    }
    boolean uniform = Arrays.stream(scale()).allMatch(other -> other == s);
    if (uniform && s == 0) {
      // 0·x̃ is 0, whatever the shift of x̃.
      demands.noShift(output().all());
    } else if (uniform) {
      demands.shiftEquation(List.of(new Term(-s, input().all()), new Term(1, output().all())));
    } else {
      demands.noShift(input().all());
      demands.noShift(output().all());
    }
  }

  @Override
  default List<Tensor> inputs() {
    return List.of(input());
  }

  @Override
  default List<Tensor> outputs() {
    return List.of(output());
  }
}
