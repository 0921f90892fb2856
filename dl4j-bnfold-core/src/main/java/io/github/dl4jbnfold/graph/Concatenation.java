package io.github.dl4jbnfold.graph;

import java.util.List;

/** Concatenation on the channel axis: equal gauges, slice by slice. Theory, section 1. */
public record Concatenation(String name, List<Tensor> inputs, Tensor output) implements Operator {
  public Concatenation {
    inputs = List.copyOf(inputs);
    int channels = inputs.stream().mapToInt(Tensor::channels).sum();
    if (channels != output.channels()) {
      throw new IllegalArgumentException(
          "Concatenation '%s' joins %d channels into %d."
              .formatted(name, channels, output.channels()));
    }
  }

  @Override
  public String kind() {
    return "concatenation";
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    int from = 0;
    for (Tensor input : inputs) {
      demands.same(input.all(), output.slice(from, input.channels()));
      from += input.channels();
    }
  }
}
