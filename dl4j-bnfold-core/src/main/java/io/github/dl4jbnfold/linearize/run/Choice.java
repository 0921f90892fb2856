package io.github.dl4jbnfold.linearize.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which activations become linear, what is merged then, and what that costs.
 *
 * @param cost of what is left
 * @param loss by the activations that went
 * @param linear names of activations
 */
public record Choice(double cost, double loss, Set<String> linear, List<Merge> merges) {
  private static final int MOST = 2000;
  static final Choice NOTHING = new Choice(0, 0, Set.of(), List.of());

  /** Copies set and list. */
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

  /** One of each, in all ways that no other one beats. */
  static List<Choice> combined(List<Choice> first, List<Choice> second) {
    List<Choice> all = new ArrayList<>();
    first.forEach(a -> second.forEach(b -> all.add(a.and(b))));
    return undominated(all);
  }

  Choice costing(double other) {
    return new Choice(other, loss, linear, merges);
  }

  /**
   * Those that no other one beats in cost and in loss, from the cheapest to the dearest. Of very
   * many, which long networks have, the one that loses least in each of equal steps of the cost.
   */
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
    return kept.size() > MOST ? thinned(kept) : kept;
  }

  /** Ordered by cost, they lose less and less: the last of each step, and the cheapest of all. */
  private static List<Choice> thinned(List<Choice> sorted) {
    double least = sorted.get(0).cost;
    double step = (sorted.get(sorted.size() - 1).cost - least) / MOST;
    TreeMap<Long, Choice> ofSteps = new TreeMap<>();
    sorted.forEach(choice -> ofSteps.put((long) ((choice.cost - least) / step), choice));
    List<Choice> thinned = new ArrayList<>(ofSteps.values());
    if (thinned.get(0).cost > least) {
      thinned.add(0, sorted.get(0));
    }
    return thinned;
  }
}
