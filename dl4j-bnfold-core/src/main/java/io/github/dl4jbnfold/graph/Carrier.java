package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * An operator whose every output value is an average of input values of the same channel with
 * weights that sum to one: identity, dropout at inference, crop, strided slice, average pool that
 * counts no padding, global average pool, nearest and bilinear resize, reflect padding. Equal
 * scale, equal shift. Theory, section 1.
 *
 * @param passesOnes whether it does the same to any number of channels
 */
public record Carrier(String name, String kind, Tensor input, Tensor output, boolean passesOnes)
    implements Operator {

  /** A carrier that is bound to its number of channels. */
  public Carrier(String name, String kind, Tensor input, Tensor output) {
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
    demands.same(input.all(), output.all());
  }
}
