package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Graph;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides for a whole network at once which affine operators can be removed together: the joint
 * criterion of theory, section 1. As many batch normalizations as possible come first, then
 * constant multiplications, then constant additions.
 */
public final class Planner {
  private Planner() {}

  /**
   * Plans the removal of all that can be removed.
   *
   * @param keep the names of operators that must stay
   * @param objective what the plan aims at
   */
  public static Plan plan(Graph graph, Limits limits, Predicate<String> keep, Objective objective) {
    Candidates candidates = new Candidates(graph, keep, objective);
    if (!candidates.mayWiden()) {
      forbidAdditions(candidates);
    }
    int most = Integer.MAX_VALUE;
    while (true) {
      Attempt attempt = new Attempt(candidates);
      Plan plan = attempt.run(most);
      most = plan.most();
      if (!attempt.unrealizable().isEmpty()) {
        attempt.unrealizable().forEach(candidates::forbid);
        continue;
      }
      if (!candidates.mayWiden() && !plan.widened().isEmpty()) {
        plan.widened().forEach(candidates::forbidAddition);
        continue;
      }
      List<Conditioning.Excess> excesses = Conditioning.check(plan, limits);
      if (excesses.isEmpty()) {
        return plan;
      }
      excesses.forEach(e -> candidates.exclude(e.culprit(), Explanation.illConditioned(e)));
    }
  }

  /** A multiplication that cannot go whatever else goes may not take a shift: it would be added. */
  private static void forbidAdditions(Candidates candidates) {
    Removals removals = new Removals(candidates);
    candidates.of(ConstantMultiply.class).stream()
        .filter(multiply -> candidates.exclusion(multiply) != null || !removals.canGo(multiply))
        .toList()
        .forEach(candidates::forbidAddition);
  }
}
