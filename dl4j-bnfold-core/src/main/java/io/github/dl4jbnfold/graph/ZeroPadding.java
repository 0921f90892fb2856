package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Zero padding of positions, or an average pool that counts the zeros it reads: equal scale, no
 * shift. Theory, section 1. Where the shift is padded instead of zeros, it passes: section 4.
 *
 * @param mappable whether the sizes of all positions are the same in every run, and zeros are
 *     padded
 */
public record ZeroPadding(String name, String kind, Tensor input, Tensor output, boolean mappable)
    implements Repairable {

  /** A padding that cannot be repaired. */
  public ZeroPadding(String name, String kind, Tensor input, Tensor output) {
    this(name, kind, input, output, false);
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
    demands.sameScale(input.all(), output.all());
    demands.noShift(input.all());
    demands.noShift(output.all());
  }

  @Override
  public Repair repair() {
    return Repair.PAD_VALUE;
  }

  @Override
  public boolean isRepairable() {
    return mappable;
  }

  @Override
  public void demandRepaired(Demands demands) {
    demands.same(input.all(), output.all());
  }
}
