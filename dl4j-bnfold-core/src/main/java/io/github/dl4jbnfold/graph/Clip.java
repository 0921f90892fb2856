package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * ReLU6, clip by value: bounds that are constants, so neither scale nor shift passes. Theory,
 * section 1. With bounds per channel both pass: section 3.
 *
 * @param lower the lower bound; NaN if it is not known
 * @param upper the upper bound; NaN if it is not known
 * @param replaceable whether a clamp can stand in its place
 */
public record Clip(
    String name,
    String kind,
    Tensor input,
    Tensor output,
    double lower,
    double upper,
    boolean replaceable)
    implements Repairable {

  /** A clip in whose place a clamp can stand. */
  public Clip(String name, String kind, Tensor input, Tensor output, double lower, double upper) {
    this(name, kind, input, output, lower, upper, true);
  }

  /** A clip of unknown bounds. */
  public Clip(String name, String kind, Tensor input, Tensor output) {
    this(name, kind, input, output, Double.NaN, Double.NaN);
  }

  /** The same clip where no clamp can stand in its place. */
  public Clip irreplaceable() {
    return new Clip(name, kind, input, output, lower, upper, false);
  }

  /** The value of the activation. */
  public double apply(double x) {
    return Math.min(Math.max(x, lower), upper);
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
  public boolean passesOnes() {
    return lower <= 1 && upper >= 1;
  }

  @Override
  public void demand(Demands demands) {
    demands.fixed(input.all());
    demands.fixed(output.all());
  }

  @Override
  public Repair repair() {
    return Repair.CLAMP;
  }

  @Override
  public boolean isRepairable() {
    return replaceable && !Double.isNaN(lower) && !Double.isNaN(upper);
  }

  @Override
  public void demandRepaired(Demands demands) {
    demands.same(input.all(), output.all());
  }
}
