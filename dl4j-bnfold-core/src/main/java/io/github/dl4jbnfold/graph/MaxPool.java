package io.github.dl4jbnfold.graph;

import java.util.List;

/** Maximum over positions (−∞ padding): equal positive scale, equal shift. Theory, section 1. */
public record MaxPool(String name, String kind, Tensor input, Tensor output) implements Operator {
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
    return true;
  }

  @Override
  public void demand(Demands demands) {
    demands.same(input.all(), output.all());
    demands.positiveScale(output.all());
  }
}
