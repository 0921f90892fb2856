package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Repairable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks for the plan with the shortest run: from the plan with the fewest batch normalizations, and
 * from that without repairs, it drops repairs, alike ones together and then one by one, as long as
 * the estimate falls.
 */
final class FastestSearch {
  /** Operators planned over all attempts; a few attempts are always made. */
  private static final int MOST_OPERATORS = 100_000;

  private static final int LEAST_ATTEMPTS = 8;

  /** A smaller share of what the best plan saves is noise of the costs, and not worth a removal. */
  private static final double LEAST_GAIN = 1e-3;

  private final Function<Choice, Plan> planner;
  private final Costs costs;
  private int attempts;
  private Choice choice;
  private Plan best;
  private double shortest;

  private FastestSearch(Function<Choice, Plan> planner, Costs costs, Graph graph) {
    this.planner = planner;
    this.costs = costs;
    this.attempts =
        Math.max(LEAST_ATTEMPTS, MOST_OPERATORS / Math.max(1, graph.operators().size()));
    this.choice = Choice.free().reducing(norm -> costs.savedByReduction(norm) > 0);
    this.best = planner.apply(choice);
    this.shortest = costs.added(best);
  }

  /**
   * @param planner plans within a choice
   */
  static Plan run(Graph graph, Function<Choice, Plan> planner, Costs costs) {
    FastestSearch search = new FastestSearch(planner, costs, graph);
    Plan fewest = search.best;
    search.improve(search.choice.preferringMaps());
    search.improve(search.choice.without(repairable(graph)));
    for (Set<Repairable> alike : search.alikeRepairs()) {
      search.improve(search.choice.without(alike));
    }
    for (Repairable single : List.copyOf(search.best.repaired())) {
      search.improve(search.choice.without(Set.of(single)));
    }
    if (search.shortest >= 0) {
      search.best = planner.apply(Choice.nothing());
    }
    return search.explained(fewest);
  }

  private void improve(Choice next) {
    if (attempts-- <= 0) {
      return;
    }
    Plan plan = planner.apply(next);
    double added = costs.added(plan);
    if (added < shortest - LEAST_GAIN * Math.abs(shortest)) {
      best = plan;
      shortest = added;
      choice = next;
    }
  }

  private static Set<Repairable> repairable(Graph graph) {
    Set<Repairable> all = new LinkedHashSet<>();
    graph.operators().stream()
        .filter(Repairable.class::isInstance)
        .map(Repairable.class::cast)
        .forEach(all::add);
    return all;
  }

  /** The repairs of the best plan so far, by what is repaired and by the number of channels. */
  private List<Set<Repairable>> alikeRepairs() {
    Map<String, Set<Repairable>> groups = new LinkedHashMap<>();
    for (Repairable operator : best.repaired()) {
      String key = operator.kind() + operator.outputs().get(0).channels();
      groups.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(operator);
    }
    return List.copyOf(groups.values());
  }

  /** What could go and stays for its price has another reason than what cannot go. */
  private Plan explained(Plan fewest) {
    Set<String> couldGo = new HashSet<>();
    fewest.removedBatchNorms().stream().map(BatchNorm::name).forEach(couldGo::add);
    List<Kept> kept = new ArrayList<>();
    for (Kept norm : best.kept()) {
      boolean byChoice = couldGo.contains(norm.name()) && norm.reason() != Reason.NOT_FASTER;
      kept.add(byChoice ? Explanation.notFaster(norm) : norm);
    }
    return best.withKept(kept, fewest.most());
  }
}
