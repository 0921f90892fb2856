package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Zero padding of positions, or an average pool that counts the zeros it reads: equal scale, no
 * shift. Theory, section 1.
 */
public record ZeroPadding(String name, String kind, Tensor input, Tensor output)
    implements Operator {
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
}
