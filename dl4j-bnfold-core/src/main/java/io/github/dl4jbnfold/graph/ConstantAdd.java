package io.github.dl4jbnfold.graph;

import java.util.Arrays;

/**
 * Addition (or subtraction) of a constant channel vector k. Kept, it absorbs any shift: k̃ = a·k +
 * c_out − c_in. Theory, section 1.
 *
 * @param isNumber whether the summand is a number inside the operator, not a constant that it reads
 */
public record ConstantAdd(
    String name, Tensor input, Tensor output, double[] shift, boolean isNumber)
    implements Removable {
  /** One with a constant that it reads. */
  public ConstantAdd(String name, Tensor input, Tensor output, double[] shift) {
    this(name, input, output, shift, false);
  }

  @Override
  public String kind() {
    return "addition of a constant";
  }

  @Override
  public double[] scale() {
    double[] ones = new double[shift.length];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public Freedom freedom() {
    return isNumber ? Freedom.NONE : Freedom.SHIFT;
  }

  @Override
  public void demand(Demands demands) {
    demands.sameScale(input.all(), output.all());
  }
}
