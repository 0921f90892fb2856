package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * ReLU6, clip by value: bounds that are constants, so neither scale nor shift passes. Theory,
 * section 1.
 */
public record Clip(String name, String kind, Tensor input, Tensor output) implements Operator {
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
    demands.fixed(input.all());
    demands.fixed(output.all());
  }
}
