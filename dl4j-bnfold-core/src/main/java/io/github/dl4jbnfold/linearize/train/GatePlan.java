package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.GatePenalty;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How gates are trained.
 *
 * @param penalty λ, what an activation costs at α = 0
 * @param power p: the penalty is λ·c·|1 − α^p|
 * @param start the α of all gates at the beginning
 * @param rateFactor the learning rate of α by that of the weights
 * @param costs c by the names of the gates; 1 where none is given
 */
public record GatePlan(
    double penalty,
    double power,
    double start,
    double rateFactor,
    SortedMap<String, Double> costs) {
  public GatePlan {
    costs = Collections.unmodifiableSortedMap(new TreeMap<>(costs));
  }

  /** What a gate pays for its activation. */
  public GatePenalty penalty(String gate) {
    return new GatePenalty(penalty * costs.getOrDefault(gate, 1.0), power);
  }

  /**
   * Refuses gates that this is no plan for.
   *
   * @param trained the names of the gates that are trained
   * @throws TrainingException if there are none, or not those that have costs
   */
  public void require(Set<String> trained) {
    if (trained.isEmpty()) {
      throw new TrainingException(
          "The network has no gates that are trained. Maybe it has no activations between layers"
              + " that could be merged.");
    }
    SortedSet<String> unknown = new TreeSet<>(costs.keySet());
    unknown.removeAll(trained);
    if (!unknown.isEmpty()) {
      throw new TrainingException(
          "There are costs of the gates %s, but the gates are %s."
              .formatted(unknown, new TreeSet<>(trained)));
    }
  }
}
