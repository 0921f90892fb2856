package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Removable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans without new operators. An affine operator that stays may demand more then: a multiplication
 * holds no shift. To demand that of all from the start would be too much, since most of them go,
 * and one that goes passes a shift on. So it is demanded at first only of those that cannot go even
 * alone. An operator that a plan would need a new one for either goes before anything else or holds
 * what it can: both are planned, and the plan that removes more is taken. Theory, section 7.
 */
final class HoldingSearch {
  /** Operators planned over all attempts; a few attempts are always made. */
  private static final int MOST_OPERATORS = 20_000;

  private static final int LEAST_ATTEMPTS = 4;
  private static final int MOST_ATTEMPTS = 200;

  private final Candidates candidates;
  private int attempts;

  /** Whether the bounds of all attempts are bounds for all plans. */
  private boolean bounded = true;

  /** Why a normalizer could not go in an attempt. */
  private @Nullable Kept stuck;

  private HoldingSearch(Candidates candidates) {
    this.candidates = candidates;
    int operators = Math.max(1, candidates.graph().operators().size());
    this.attempts = Math.min(MOST_ATTEMPTS, Math.max(LEAST_ATTEMPTS, MOST_OPERATORS / operators));
  }

  /**
   * @param most a number of batch normalizations that no plan exceeds
   */
  static Plan run(Candidates candidates, int most) {
    HoldingSearch search = new HoldingSearch(candidates);
    List<Removable> certain = search.letHoldWhatCannotGo();
    Attempt first = new Attempt(candidates);
    first.requireNormalizers();
    Plan plan = first.run(most);
    Plan best = search.settled(first, plan);
    if (best == null) {
      throw new NormalizerStaysException(
          Objects.requireNonNull(search.stuck, "Nothing had to go."));
    }
    certain.forEach(candidates::undecide);
    boolean proved = most == Integer.MAX_VALUE && search.bounded;
    return best.withKept(best.kept(), proved ? Math.min(best.most(), plan.most()) : plan.most());
  }

  private List<Removable> letHoldWhatCannotGo() {
    List<Removable> certain = new ArrayList<>();
    Removals removals = new Removals(candidates);
    for (Removable affine : candidates.graph().removables()) {
      if (affine.freedom() == Freedom.BOTH || isTapped(affine)) {
        continue;
      }
      Kept excluded = candidates.exclusion(affine);
      Optional<Removals.Refusal> refusal = removals.refusalAlone(affine);
      // Of the many ways behind a scale of 0, one that was not tried may be possible.
      boolean oneWay = candidates.ways(affine).size() == 1;
      if (excluded != null || refusal.filter(why -> oneWay || why.isProof()).isPresent()) {
        certain.add(affine);
        Kept reason = refusal.map(Removals.Refusal::kept).orElse(null);
        candidates.letHold(affine, affine instanceof BatchNorm ? reason : null);
      }
    }
    return certain;
  }

  private boolean isTapped(Removable affine) {
    return affine instanceof BatchNorm norm && candidates.tap(norm) != null;
  }

  /** A plan that needs no new operator, from an attempt that may need some. */
  private @Nullable Plan settled(Attempt attempt, Plan plan) {
    if (attempt.overloaded().isEmpty()) {
      return withoutCulprits(attempt, plan);
    }
    if (attempts <= 0) {
      bounded = false;
      return planIfTheyHold(List.copyOf(attempt.overloaded()), plan);
    }
    Removable open = attempt.overloaded().iterator().next();
    Plan held = planIfTheyHold(List.of(open), plan);
    if (held != null && held.removedBatchNorms().size() == plan.most()) {
      return held.withKept(held.kept(), plan.most());
    }
    return better(held, planIfItGoes(open, plan.most()), plan.most());
  }

  private @Nullable Plan withoutCulprits(Attempt attempt, Plan plan) {
    Map<Removable, Kept> culprits = Culprits.of(plan, attempt.removed());
    if (culprits.isEmpty()) {
      return plan;
    }
    bounded = false;
    for (Removable culprit : culprits.keySet()) {
      if (candidates.going().containsKey(culprit)) {
        return planWithOneBeside(culprit, plan);
      }
    }
    culprits.forEach(candidates::exclude);
    return next();
  }

  /** Lets one of the batch normalizations stay that may hold what a culprit makes constant. */
  private @Nullable Plan planWithOneBeside(Removable culprit, Plan plan) {
    Plan best = null;
    for (BatchNorm norm : Culprits.around(plan, culprit)) {
      if (attempts > 0 && !candidates.going().containsKey(norm)) {
        candidates.letHold(norm, Explanation.constantBeside(norm, culprit));
        best = better(best, next(), plan.most());
        candidates.undecide(norm);
      }
    }
    return best;
  }

  private @Nullable Plan planIfItGoes(Removable affine, int most) {
    if (isTapped(affine) || candidates.exclusion(affine) != null) {
      bounded &= !isTapped(affine);
      return null;
    }
    List<Removal> ways = candidates.ways(affine);
    bounded &= ways.get(0).openChannels() <= 1;
    Plan best = null;
    for (Removal way : ways) {
      candidates.letGo(affine, way);
      best = better(best, next(), most);
      candidates.undecide(affine);
    }
    return best;
  }

  private @Nullable Plan planIfTheyHold(List<Removable> some, Plan overloading) {
    some.forEach(affine -> candidates.letHold(affine, reason(affine, overloading)));
    Plan plan = next();
    some.forEach(candidates::undecide);
    return plan;
  }

  /** Null if what shall go first cannot. */
  private @Nullable Plan next() {
    attempts--;
    Attempt attempt = new Attempt(candidates);
    stuck = attempt.stuck() == null ? stuck : attempt.stuck();
    return attempt.isPossible() ? settled(attempt, attempt.run(Integer.MAX_VALUE)) : null;
  }

  private static @Nullable Kept reason(Removable affine, Plan plan) {
    return affine instanceof BatchNorm
        ? plan.kept().stream().filter(k -> k.name().equals(affine.name())).findFirst().orElse(null)
        : null;
  }

  /**
   * The plan that removes more.
   *
   * @param most no plan removes more batch normalizations
   */
  private static @Nullable Plan better(@Nullable Plan one, @Nullable Plan other, int most) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    int batchNorms = other.removedBatchNorms().size() - one.removedBatchNorms().size();
    boolean takesOther =
        batchNorms > 0 || (batchNorms == 0 && other.removed().size() > one.removed().size());
    Plan better = takesOther ? other : one;
    return better.withKept(better.kept(), Math.min(most, Math.max(one.most(), other.most())));
  }
}
