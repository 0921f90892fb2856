package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Conflict;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.gauge.GaugeSystem;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Removes affine operators one by one as long as the demands of all hold together. */
final class Removals {
  private final Candidates candidates;
  private final GaugeSystem system;
  private final GaugeSystem.Mark nothingRemoved;
  private final int[] groups;
  private final Map<Removable, Removal> goneFirst = new LinkedHashMap<>();
  private final boolean possible;
  private final Map<Removable, Removal> removed = new LinkedHashMap<>();
  private final Map<BatchNorm, IdentityTap> taps = new LinkedHashMap<>();

  Removals(Candidates candidates) {
    this.candidates = candidates;
    this.system =
        new GaugeSystem(
            candidates.graph(), candidates::everyDemand, ShiftPreference.of(candidates.graph()));
    for (Operator operator : candidates.graph().operators()) {
      Optional<Conflict> conflict = system.add(operator, candidates.loosest(operator));
      if (conflict.isPresent()) {
        // Gauge 1, 0 everywhere satisfies every operator, so an operator's demands are wrong.
        throw new IllegalStateException(
            "The demands of '" + operator.name() + "' exclude the network as it is: " + conflict);
      }
    }
    this.groups = system.classes();
    boolean allGo = true;
    for (Removable affine : candidates.going()) {
      allGo &= remove(affine).isEmpty();
    }
    this.possible = allGo;
    goneFirst.putAll(removed);
    this.nothingRemoved = system.mark();
  }

  /** Whether all can go that shall go first. */
  boolean isPossible() {
    return possible;
  }

  /** Forgets all removals but those that came first. */
  private void restart() {
    system.rollback(nothingRemoved);
    removed.clear();
    removed.putAll(goneFirst);
    taps.clear();
  }

  /** Why an operator could not even go alone; empty if it could. */
  Optional<Refusal> refusalAlone(Removable candidate) {
    restart();
    return remove(candidate);
  }

  /**
   * Why an operator cannot go in addition to those that are gone.
   *
   * @param together batch normalizations that cannot all go, the refused one among them
   * @param isProof whether that holds whatever else goes or stays
   */
  record Refusal(Kept kept, Set<BatchNorm> together, boolean isProof) {}

  GaugeSystem system() {
    return system;
  }

  /** The classes of tied scales before any removal. */
  int[] groups() {
    return groups;
  }

  /** What is gone by a change of gauges, and how. */
  Map<Removable, Removal> removed() {
    return removed;
  }

  /** The batch normalizations that a convolution beside them takes over. */
  Map<BatchNorm, IdentityTap> taps() {
    return taps;
  }

  /**
   * Starts anew and removes batch normalizations in the given order, each if it can go with those
   * before it. Identity taps bind no gauge, but they need what lies between to go: so they come
   * last.
   *
   * @return why the others stay
   */
  Map<BatchNorm, Refusal> removeAll(Collection<BatchNorm> order) {
    restart();
    Map<BatchNorm, Refusal> refused = new LinkedHashMap<>();
    for (BatchNorm norm : order) {
      if (candidates.tap(norm) == null) {
        remove(norm).ifPresent(why -> refused.put(norm, why));
      }
    }
    for (BatchNorm norm : order) {
      IdentityTap tap = candidates.tap(norm);
      if (tap != null && removed.keySet().containsAll(tap.between())) {
        taps.put(norm, tap);
      } else if (tap != null) {
        remove(norm).ifPresent(why -> refused.put(norm, why));
      }
    }
    return refused;
  }

  /** Removes one more operator, in the first way that is possible. */
  Optional<Refusal> remove(Removable candidate) {
    return remove(candidate, candidates.ways(candidate));
  }

  /** Removes one more operator if that makes no activation a clamp that is none yet. */
  void removeWithoutClamps(Removable candidate, Set<Repairable> clamps) {
    List<Removal> ways =
        candidates.ways(candidate).stream()
            .filter(way -> clamps.containsAll(way.forcedClamps()))
            .toList();
    if (!ways.isEmpty()) {
      remove(candidate, ways);
    }
  }

  private Optional<Refusal> remove(Removable candidate, List<Removal> ways) {
    @Nullable Kept first = null;
    Set<BatchNorm> together = new LinkedHashSet<>();
    boolean explained = true;
    for (Removal way : ways) {
      Kept refusal = remove(candidate, way);
      if (refusal == null) {
        return Optional.empty();
      }
      first = first == null ? refusal : first;
      explained &= !refusal.proof().isEmpty() || way.stuckChannel().isPresent();
      for (Constraint constraint : refusal.proof()) {
        if (constraint.operator() instanceof BatchNorm norm) {
          together.add(norm);
        }
      }
    }
    if (first == null) {
      throw new IllegalStateException("There is no way to remove '" + candidate.name() + "'.");
    }
    if (candidate instanceof BatchNorm norm) {
      together.add(norm);
    }
    boolean proof = explained && together.stream().allMatch(n -> isOnlyWay(n, candidate));
    return Optional.of(new Refusal(first, together, proof));
  }

  /** Whether a removal that a conflict speaks of could not have been done otherwise. */
  private boolean isOnlyWay(BatchNorm norm, Removable allWaysTried) {
    return candidates.tap(norm) == null
        && (norm.equals(allWaysTried) || candidates.ways(norm).size() == 1);
  }

  private @Nullable Kept remove(Removable candidate, Removal way) {
    OptionalInt stuck = way.stuckChannel();
    if (stuck.isPresent()) {
      return Explanation.zeroScale(candidate, stuck.getAsInt());
    }
    Optional<Conflict> conflict = system.add(candidate, way::demand);
    if (conflict.isEmpty()) {
      removed.put(candidate, way);
    }
    return conflict.map(why -> Explanation.conflict(candidate, why, this::stays)).orElse(null);
  }

  private boolean stays(Operator operator) {
    return candidates.holds(operator);
  }

  /** Whether two batch normalizations can go together, in any way, if nothing else goes. */
  boolean canGoTogether(BatchNorm one, BatchNorm other) {
    return candidates.ways(one).stream()
        .anyMatch(
            way ->
                candidates.ways(other).stream()
                    .anyMatch(otherWay -> areCompatible(one, way, other, otherWay)));
  }

  private boolean areCompatible(BatchNorm one, Removal way, BatchNorm other, Removal otherWay) {
    restart();
    return way.stuckChannel().isEmpty()
        && otherWay.stuckChannel().isEmpty()
        && system.offer(one, way::demand)
        && system.offer(other, otherWay::demand);
  }

  /** The operators that are gone, in whatever way. */
  Set<Removable> gone() {
    Set<Removable> gone = new LinkedHashSet<>(removed.keySet());
    gone.addAll(taps.keySet());
    return gone;
  }

  /** How an affine operator is removed, or would be. */
  Removal way(Removable affine) {
    Removal chosen = removed.get(affine);
    return chosen == null ? candidates.ways(affine).get(0) : chosen;
  }

  /** The clamps that a channel of scale 0 forces. */
  List<Repairable> forcedClamps() {
    return removed.values().stream().flatMap(way -> way.forcedClamps().stream()).toList();
  }
}
