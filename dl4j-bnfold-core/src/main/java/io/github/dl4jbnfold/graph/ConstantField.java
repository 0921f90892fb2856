package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Addition of a constant that differs between positions (a position table): the constant is
 * rewritten to a·K + c_out − c_in, so any shift is absorbed. Theory, section 1.
 */
public record ConstantField(String name, Tensor input, Tensor output) implements Operator {
  @Override
  public String kind() {
    return "addition of a constant tensor";
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
  }
}
