package io.github.dl4jbnfold.linearize.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which activations become linear, what is merged then, and what that costs.
 *
 * @param cost of what is left
 * @param loss by the activations that went
 * @param linear names of activations
 */
public record Choice(double cost, double loss, Set<String> linear, List<Merge> merges) {
  static final Choice NOTHING = new Choice(0, 0, Set.of(), List.of());

  public Choice {
    linear = Set.copyOf(linear);
    merges = List.copyOf(merges);
  }

  /** Both, one after the other. */
  Choice and(Choice other) {
    Set<String> both = new HashSet<>(linear);
    both.addAll(other.linear);
    List<Merge> all = new ArrayList<>(merges);
    all.addAll(other.merges);
    return new Choice(cost + other.cost, loss + other.loss, both, all);
  }

  Choice costing(double other) {
    return new Choice(other, loss, linear, merges);
  }

  /** Those that no other one beats in cost and in loss, from the cheapest to the dearest. */
  static List<Choice> undominated(List<Choice> choices) {
    List<Choice> sorted = new ArrayList<>(choices);
    // Of equal ones that which changes least.
    sorted.sort(
        Comparator.comparingDouble(Choice::cost)
            .thenComparingDouble(Choice::loss)
            .thenComparingInt(choice -> choice.merges.size()));
    List<Choice> kept = new ArrayList<>();
    for (Choice choice : sorted) {
      if (kept.isEmpty() || choice.loss < kept.get(kept.size() - 1).loss) {
        kept.add(choice);
      }
    }
    return kept;
  }
}
