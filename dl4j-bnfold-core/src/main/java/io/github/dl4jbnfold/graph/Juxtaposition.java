package io.github.dl4jbnfold.graph;

import java.util.List;

/** Concatenation on another axis than the channels: all gauges are equal. Theory, section 1. */
public record Juxtaposition(String name, List<Tensor> inputs, Tensor output) implements Operator {
  public Juxtaposition {
    inputs = List.copyOf(inputs);
  }

  @Override
  public String kind() {
    return "concatenation of positions";
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    inputs.forEach(input -> demands.same(input.all(), output.all()));
  }
}
