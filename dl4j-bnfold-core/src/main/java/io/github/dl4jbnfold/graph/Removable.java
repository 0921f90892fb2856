package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * One affine map per channel, y = scale·x + shift, with constant vectors: a candidate for removal.
 *
 * <p>What it demands when it is removed (a_in = s·a_out and c_in = t·a_out + c_out) is stated by
 * {@code gauge.Removal}, because channels with s = 0 need to know the neighbours.
 */
public sealed interface Removable extends Operator
    permits BatchNorm, ConstantMultiply, ConstantAdd {
  Tensor input();

  Tensor output();

  /** s, one number per channel. */
  double[] scale();

  /** t, one number per channel. */
  double[] shift();

  @Override
  default List<Tensor> inputs() {
    return List.of(input());
  }

  @Override
  default List<Tensor> outputs() {
    return List.of(output());
  }
}
