package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Rows of a constant table, chosen by indices (an embedding): the table is rewritten to a·E + c, so
 * it gives its output any gauge. Theory, section 1.
 */
public record ConstantTable(String name, String kind, Tensor output) implements Operator {
  @Override
  public List<Tensor> inputs() {
    return List.of();
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    // Each row is one position, and a·E + c exists for every gauge.
  }
}
