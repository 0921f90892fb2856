package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * max(x, b) or min(x, b) with one constant per channel: the bound follows any shift and any
 * positive scale, b̃ = a·b + c; a negative scale exchanges maximum and minimum. Theory, section 3.
 *
 * @param isLower whether it is a maximum
 * @param bound b, one number per channel
 */
public record Bound(String name, Tensor input, Tensor output, boolean isLower, double[] bound)
    implements Repairable {

  /** The value of the operator. */
  public double apply(int channel, double x) {
    return isLower ? Math.max(x, bound[channel]) : Math.min(x, bound[channel]);
  }

  @Override
  public String kind() {
    return isLower ? "maximum with a constant" : "minimum with a constant";
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(input);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    demands.same(input.all(), output.all());
    demands.positiveScale(output.all());
  }

  @Override
  public Repair repair() {
    return Repair.CLAMP;
  }

  @Override
  public boolean isRepairable() {
    return true;
  }

  @Override
  public void demandRepaired(Demands demands) {
    demands.same(input.all(), output.all());
  }
}
