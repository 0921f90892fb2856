package io.github.dl4jbnfold.graph;

import java.util.Arrays;

/**
 * Addition (or subtraction) of a constant channel vector k. Kept, it absorbs any shift: k̃ = a·k +
 * c_out − c_in. Theory, section 1.
 */
public record ConstantAdd(String name, Tensor input, Tensor output, double[] shift)
    implements Removable {
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
  public void demand(Demands demands) {
    demands.sameScale(input.all(), output.all());
  }
}
