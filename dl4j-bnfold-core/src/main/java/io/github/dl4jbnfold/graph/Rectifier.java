package io.github.dl4jbnfold.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ReLU, LeakyReLU, PReLU: positively homogeneous, so a positive scale passes and a shift does not.
 * Theory, section 1. As a per-channel clamp any scale and any shift pass: section 3.
 *
 * @param slopes the slope for negative inputs, one number per channel; null where it differs
 *     between positions
 * @param replaceable whether a clamp can stand in its place
 */
public record Rectifier(
    String name,
    String kind,
    Tensor input,
    Tensor output,
    double @Nullable [] slopes,
    boolean replaceable)
    implements Repairable {

  /** The kind of a rectifier whose slopes are parameters. */
  public static final String PRELU = "PReLU";

  /** A rectifier in whose place a clamp can stand. */
  public Rectifier(
      String name, String kind, Tensor input, Tensor output, double @Nullable [] slopes) {
    this(name, kind, input, output, slopes, true);
  }

  /** A ReLU. */
  public Rectifier(String name, String kind, Tensor input, Tensor output) {
    this(name, kind, input, output, new double[input.channels()]);
  }

  /** The value of the activation. */
  public double apply(int channel, double x) {
    return x >= 0 || slopes == null ? x : slopes[channel] * x;
  }

  /** The same rectifier where no clamp can stand in its place. */
  public Rectifier irreplaceable() {
    return new Rectifier(name, kind, input, output, slopes, false);
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
    // The slopes of a PReLU are an array of a fixed size.
    return slopes != null && !kind.equals(PRELU);
  }

  @Override
  public void demand(Demands demands) {
    demands.sameScale(input.all(), output.all());
    demands.positiveScale(output.all());
    demands.noShift(input.all());
    demands.noShift(output.all());
  }

  @Override
  public Repair repair() {
    return Repair.CLAMP;
  }

  @Override
  public boolean isRepairable() {
    return slopes != null && replaceable;
  }

  @Override
  public void demandRepaired(Demands demands) {
    demands.same(input.all(), output.all());
  }
}
