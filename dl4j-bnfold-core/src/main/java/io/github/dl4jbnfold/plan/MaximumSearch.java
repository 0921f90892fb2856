package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for the largest set of batch normalizations that can go together. Adding one after the
 * other ends with a set that cannot be extended, which need not be the largest (theory, section 7):
 * each refusal comes with batch normalizations that cannot all go, at least one of them stays, and
 * a smallest choice of those that stay is tried next; it either works, and no larger set exists, or
 * brings new refusals. (Implicit hitting sets: Davies and Bacchus, "Solving MAXSAT by solving a
 * sequence of simpler SAT instances", CP 2011.)
 */
final class MaximumSearch {
  /** Removals tried over all passes; a first pass is always made to the end. */
  private static final int MOST_REMOVALS = 200_000;

  private static final int MOST_PASSES = 200;
  private static final int MOST_PAIRS = 20_000;
  private static final int NODES = 5_000;

  private final Removals removals;
  private final List<BatchNorm> norms;
  private final Map<BatchNorm, Integer> numbers = new LinkedHashMap<>();
  private final Set<BitSet> conflicts = new LinkedHashSet<>();
  private final Set<BitSet> proved = new LinkedHashSet<>();
  private final Candidates candidates;
  private boolean comparedPairs;

  private MaximumSearch(Candidates candidates, Removals removals) {
    this.candidates = candidates;
    this.removals = removals;
    this.norms =
        candidates.of(BatchNorm.class).stream()
            .filter(norm -> candidates.exclusion(norm) == null)
            .toList();
    norms.forEach(norm -> numbers.put(norm, numbers.size()));
  }

  /**
   * What was found.
   *
   * @param refused why the batch normalizations stay that do
   * @param most no set of the candidates with more than so many can go together
   */
  record Result(Map<BatchNorm, Removals.Refusal> refused, int most) {}

  /** Leaves the removals in the state of the largest set found. */
  static Result run(Candidates candidates, Removals removals) {
    return new MaximumSearch(candidates, removals).run();
  }

  private Result run() {
    Pass best = pass(norms);
    boolean foundNew = learn(best.refused.values());
    int mustStay = mustStay();
    if (best.refused.size() > mustStay) {
      comparePairs();
      mustStay = mustStay();
    }
    Pass last = best;
    int passes = Math.min(MOST_PASSES, MOST_REMOVALS / Math.max(1, norms.size()));
    for (int i = 0; i < passes && foundNew && best.refused.size() > mustStay; i++) {
      last = pass(lastly(HittingSet.of(conflicts, NODES).chosen()));
      foundNew = learn(last.refused.values());
      best = last.refused.size() < best.refused.size() ? last : best;
      mustStay = mustStay();
    }
    Pass result = !comparedPairs && best.order.equals(last.order) ? best : pass(best.order);
    return new Result(result.refused, norms.size() - mustStay);
  }

  /** One order of removal, and what could not be removed. */
  private record Pass(List<BatchNorm> order, Map<BatchNorm, Removals.Refusal> refused) {}

  private Pass pass(List<BatchNorm> order) {
    comparedPairs = false;
    return new Pass(order, removals.removeAll(order));
  }

  /** At least so many stay, whatever is chosen. */
  private int mustStay() {
    return HittingSet.of(proved, NODES).lowerBound();
  }

  /** Whether one of the refusals is new. */
  private boolean learn(Collection<Removals.Refusal> refusals) {
    boolean learnt = false;
    for (Removals.Refusal refusal : refusals) {
      BitSet together = bits(refusal.together());
      learnt |= conflicts.add(together);
      if (refusal.isProof()) {
        proved.add(together);
      }
    }
    return learnt;
  }

  private BitSet bits(Set<BatchNorm> some) {
    BitSet bits = new BitSet();
    some.forEach(norm -> bits.set(numbers.getOrDefault(norm, 0)));
    return bits;
  }

  /** Those that shall stay come last: perhaps one of them can go after all. */
  private List<BatchNorm> lastly(BitSet staying) {
    List<BatchNorm> order =
        new ArrayList<>(
            norms.stream().filter(n -> !staying.get(numbers.getOrDefault(n, 0))).toList());
    staying.stream().mapToObj(norms::get).forEach(order::add);
    return order;
  }

  /** Many conflicts are between two: finding these at once saves a pass for each. */
  private void comparePairs() {
    BitSet alone = new BitSet();
    conflicts.stream().filter(c -> c.cardinality() == 1).forEach(alone::or);
    BitSet involved = new BitSet();
    conflicts.stream().filter(c -> c.cardinality() > 1).forEach(involved::or);
    involved.andNot(alone);
    List<BatchNorm> some =
        involved.stream()
            .mapToObj(norms::get)
            .filter(norm -> candidates.tap(norm) == null)
            .toList();
    if ((long) some.size() * some.size() > 2L * MOST_PAIRS) {
      return;
    }
    comparedPairs = true;
    for (int i = 0; i < some.size(); i++) {
      for (int j = i + 1; j < some.size(); j++) {
        if (!removals.canGoTogether(some.get(i), some.get(j))) {
          BitSet pair = bits(Set.of(some.get(i), some.get(j)));
          conflicts.add(pair);
          proved.add(pair);
        }
      }
    }
  }
}
