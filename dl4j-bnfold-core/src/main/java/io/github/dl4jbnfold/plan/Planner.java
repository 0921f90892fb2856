package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.Graph;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides for a whole network at once which affine operators can be removed together: the joint
 * criterion of theory, section 1. Normalizers must go; then as many batch normalizations as
 * possible do, then constant multiplications, then constant additions.
 */
public final class Planner {
  private Planner() {}

  /**
   * Plans the removal of all that can be removed.
   *
   * @param keep the names of operators that must stay
   * @param objective any but {@link Objective#FASTEST}
   * @throws NormalizerStaysException if a normalizer cannot go
   */
  public static Plan plan(Graph graph, Limits limits, Predicate<String> keep, Objective objective) {
    if (objective == Objective.FASTEST) {
      throw new IllegalArgumentException("The objective FASTEST needs costs.");
    }
    return plan(limits, new Candidates(graph, keep, objective, Choice.free()));
  }

  /**
   * Plans for the shortest run.
   *
   * @param keep the names of operators that must stay
   * @throws NormalizerStaysException if a normalizer cannot go
   */
  public static Plan fastest(Graph graph, Limits limits, Predicate<String> keep, Costs costs) {
    return FastestSearch.run(
        graph,
        choice -> plan(limits, new Candidates(graph, keep, Objective.FASTEST, choice)),
        costs);
  }

  private static Plan plan(Limits limits, Candidates candidates) {
    int most = Integer.MAX_VALUE;
    while (true) {
      Plan plan;
      if (candidates.keepsOperators()) {
        plan = HoldingSearch.run(candidates, most);
      } else {
        Attempt attempt = new Attempt(candidates);
        attempt.requireNormalizers();
        plan = attempt.run(most);
        if (!attempt.unrealizable().isEmpty()) {
          most = plan.most();
          attempt.unrealizable().forEach(candidates::forbid);
          continue;
        }
      }
      most = plan.most();
      List<Conditioning.Excess> excesses = Conditioning.check(plan, limits);
      if (excesses.isEmpty()) {
        return plan;
      }
      excesses.forEach(e -> candidates.exclude(e.culprit(), Explanation.illConditioned(e)));
    }
  }
}
