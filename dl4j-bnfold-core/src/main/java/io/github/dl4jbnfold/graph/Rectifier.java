package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * ReLU, LeakyReLU, PReLU: positively homogeneous, so a positive scale passes and a shift does not.
 * Theory, section 1.
 */
public record Rectifier(String name, String kind, Tensor input, Tensor output) implements Operator {
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
    demands.positiveScale(output.all());
    demands.noShift(input.all());
    demands.noShift(output.all());
  }
}
