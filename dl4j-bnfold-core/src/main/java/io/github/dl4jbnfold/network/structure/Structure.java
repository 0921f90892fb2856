package io.github.dl4jbnfold.network.structure;

import java.util.List;

/**
 * The steps of a network.
 *
 * @param inputs names of the inputs of the network
 * @param steps each behind those that it reads
 * @param outputs names of the steps that are outputs of the network
 */
public record Structure(List<String> inputs, List<Step> steps, List<String> outputs) {
  public Structure {
    inputs = List.copyOf(inputs);
    steps = List.copyOf(steps);
    outputs = List.copyOf(outputs);
  }

  /** Whether there is a step of a name. */
  public boolean contains(String name) {
    return steps.stream().anyMatch(step -> step.name().equals(name));
  }

  /**
   * The step of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Step step(String name) {
    return steps.stream()
        .filter(step -> step.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no step '" + name + "'."));
  }
}
