package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Anything that no scale and no shift may pass: a network input, a sigmoid, an unknown operator, a
 * change of the channel axis. All its tensors stay what they are. Theory, section 1.
 */
public record Wall(String name, String kind, List<Tensor> inputs, List<Tensor> outputs)
    implements Operator {
  /** The kind of the wall that a requested output is. */
  public static final String OUTPUT = "requested output";

  /** The kind of the wall that writes a network input or a computed constant. */
  public static final String INPUT = "network input";

  public Wall {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  @Override
  public void demand(Demands demands) {
    inputs.forEach(tensor -> demands.fixed(tensor.all()));
    outputs.forEach(tensor -> demands.fixed(tensor.all()));
  }
}
