package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.List;

/**
 * A step of a network as this package sees it.
 *
 * @param inputs names of steps, or of inputs of the network
 */
public record Node(String name, List<String> inputs, Kind kind) {
  public Node {
    inputs = List.copyOf(inputs);
  }

  /** What a step does. */
  public sealed interface Kind {}

  /**
   * A linear step.
   *
   * @param ends whether something nonlinear inside the same step comes behind it
   */
  public record Linear(Unit unit, boolean ends) implements Kind {}

  /** An activation that may become linear. */
  public record Activation(Gate gate) implements Kind {}

  /** A sum of all inputs. */
  public record Addition() implements Kind {}

  /** Anything else. */
  public record Wall() implements Kind {}
}
