package io.github.dl4jbnfold.gauge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reduces a failed demand to a minimal set of scalar constraints without a solution: it grows a
 * neighbourhood around the demand until that has no solution, then drops what is not needed
 * (QuickXplain: Junker, "Preferred explanations and relaxations for over-constrained problems",
 * AAAI 2004, algorithm 1).
 */
final class Explainer {
  private final Function<Constraint.Channel, List<Constraint>> constraintsAt;

  /**
   * @param constraintsAt all constraints known that speak of a channel
   */
  Explainer(Function<Constraint.Channel, List<Constraint>> constraintsAt) {
    this.constraintsAt = constraintsAt;
  }

  /** A minimal infeasible set near the given constraints; empty if none is found. */
  List<Constraint> explain(List<Constraint> seed) {
    ScaleCycle scales = new ScaleCycle(constraintsAt);
    for (List<Constraint> cycle :
        List.of(scales.through(seed.get(0)), scales.betweenSigns(seed.get(0)))) {
      if (!cycle.isEmpty() && !ScalarSystem.feasible(cycle)) {
        return ScaleCycle.isMinimal(cycle) ? cycle : minimal(cycle);
      }
    }
    Set<Constraint> grown = new LinkedHashSet<>(seed);
    Set<Constraint.Channel> seen = new LinkedHashSet<>();
    List<Constraint> frontier = seed;
    int nextCheck = 1;
    for (int radius = 0; !frontier.isEmpty(); radius++) {
      if (radius >= nextCheck || radius == 0) {
        if (!ScalarSystem.feasible(grown)) {
          return minimal(List.copyOf(grown));
        }
        nextCheck = Math.max(radius + 1, radius * 3 / 2);
      }
      List<Constraint> next = new ArrayList<>();
      for (Constraint constraint : frontier) {
        for (Constraint.Channel channel : constraint.channels()) {
          if (seen.add(channel)) {
            constraintsAt.apply(channel).stream().filter(grown::add).forEach(next::add);
          }
        }
      }
      frontier = next;
    }
    return ScalarSystem.feasible(grown) ? List.of() : minimal(List.copyOf(grown));
  }

  private static List<Constraint> minimal(List<Constraint> infeasible) {
    return minimal(List.of(), List.of(), infeasible);
  }

  private static List<Constraint> minimal(
      List<Constraint> background, List<Constraint> added, List<Constraint> candidates) {
    if (!added.isEmpty() && !ScalarSystem.feasible(background)) {
      return List.of();
    }
    if (candidates.size() == 1) {
      return candidates;
    }
    int half = candidates.size() / 2;
    List<Constraint> left = candidates.subList(0, half);
    List<Constraint> right = candidates.subList(half, candidates.size());
    List<Constraint> fromRight = minimal(joined(background, left), left, right);
    List<Constraint> fromLeft = minimal(joined(background, fromRight), fromRight, left);
    return joined(fromLeft, fromRight);
  }

  private static List<Constraint> joined(List<Constraint> x, List<Constraint> y) {
    List<Constraint> both = new ArrayList<>(x);
    both.addAll(y);
    return both;
  }
}
