package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Product of a tensor with a computed gate (squeeze-excitation). The gate stays what it is; the
 * scale of the other factor passes, a shift does not. Theory, section 1.
 */
public record Product(String name, Tensor input, Tensor gate, Tensor output) implements Operator {
  @Override
  public String kind() {
    return "product";
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(input, gate);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    demands.fixed(gate.all());
    demands.sameScale(input.all(), output.all());
    demands.noShift(input.all());
    demands.noShift(output.all());
  }
}
