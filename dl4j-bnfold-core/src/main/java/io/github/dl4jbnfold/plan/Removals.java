package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Conflict;
import io.github.dl4jbnfold.gauge.GaugeSystem;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Removes affine operators one by one as long as the demands of all hold together. */
final class Removals {
  private final Candidates candidates;
  private final GaugeSystem system;
  private final GaugeSystem.Mark nothingRemoved;
  private final int[] groups;
  private final Map<Removable, Removal> removed = new LinkedHashMap<>();
  private final Map<BatchNorm, IdentityTap> taps = new LinkedHashMap<>();

  /** What is demanded as soon as others are gone, too. */
  private final List<Removal.Joint> joints = new ArrayList<>();

  /** Without which an operator would demand less. */
  private final Map<Removable, Set<BatchNorm>> partners = new HashMap<>();

  /** What is gone before all else, and stays so. */
  private final Map<Removable, Removal> goneFirst = new LinkedHashMap<>();

  private final List<Removal.Joint> jointsFirst = new ArrayList<>();
  private final Map<Removable, Set<BatchNorm>> partnersFirst = new HashMap<>();
  private final boolean possible;

  /** Why a normalizer cannot go; null if all can. */
  private final @Nullable Kept stuck;

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
    this.stuck = removeNormalizers();
    boolean allGo = stuck == null;
    for (Map.Entry<Removable, Removal> way : candidates.going().entrySet()) {
      tryWays(way.getKey(), List.of(way.getValue()), any -> true);
      allGo &= removed.containsKey(way.getKey());
    }
    this.possible = allGo;
    goneFirst.putAll(removed);
    jointsFirst.addAll(joints);
    partners.forEach((affine, norms) -> partnersFirst.put(affine, Set.copyOf(norms)));
    this.nothingRemoved = system.mark();
  }

  private @Nullable Kept removeNormalizers() {
    Kept reason = null;
    for (Normalizer normalizer : candidates.of(Normalizer.class)) {
      Optional<Refusal> refusal = remove(normalizer);
      reason = reason == null ? refusal.map(Refusal::kept).orElse(null) : reason;
    }
    return reason;
  }

  /** Why a normalizer cannot go; null if all can. */
  @Nullable Kept stuck() {
    return stuck;
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
    joints.clear();
    joints.addAll(jointsFirst);
    partners.clear();
    partnersFirst.forEach((affine, norms) -> partners.put(affine, new LinkedHashSet<>(norms)));
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
    Failures failures = tryWays(candidate, candidates.ways(candidate), way -> true);
    return removed.containsKey(candidate)
        ? Optional.empty()
        : Optional.of(refusal(candidate, failures));
  }

  /** Removes one more operator if that makes no activation a clamp that is none yet. */
  void removeWithoutClamps(Removable candidate, Set<Repairable> clamps) {
    tryWays(candidate, candidates.ways(candidate), way -> clamps.containsAll(way.forcedClamps()));
  }

  /**
   * Tries all ways to remove an operator until one is possible. Where a channel fails that may also
   * be seen as a constant, it is, and the others go as before.
   */
  private Failures tryWays(Removable candidate, List<Removal> ways, Predicate<Removal> allowed) {
    Failures failures = new Failures(candidate);
    if (goneFirst.containsKey(candidate)) {
      return failures;
    }
    for (Removal whole : ways) {
      Optional<Removal> way = Optional.of(whole);
      while (way.isPresent() && allowed.test(way.get())) {
        Removal tried = way.get();
        Optional<Failures.Failure> failure = remove(candidate, tried);
        if (failure.isEmpty()) {
          return failures;
        }
        failures.add(tried, failure.get());
        way = tried.asConstant(failure.get().channel());
      }
      if (failures.areFinal()) {
        return failures;
      }
    }
    return failures;
  }

  private Refusal refusal(Removable candidate, Failures failures) {
    Set<BatchNorm> together = new LinkedHashSet<>();
    for (Operator operator : failures.operators()) {
      if (operator instanceof BatchNorm norm) {
        together.add(norm);
        together.addAll(partners.getOrDefault(norm, Set.of()));
      }
    }
    if (candidate instanceof BatchNorm norm) {
      together.add(norm);
    }
    boolean proof = failures.areFinal() && together.stream().allMatch(n -> isOnlyWay(n, candidate));
    return new Refusal(failures.first(), together, proof);
  }

  /** Whether a removal that a conflict speaks of could not have been done otherwise. */
  private boolean isOnlyWay(BatchNorm norm, Removable allWaysTried) {
    return candidates.tap(norm) == null
        && (norm.equals(allWaysTried) || candidates.ways(norm).size() == 1);
  }

  private Optional<Failures.Failure> remove(Removable candidate, Removal way) {
    OptionalInt stuck = way.stuckChannel();
    if (stuck.isPresent()) {
      int channel = stuck.getAsInt();
      return Optional.of(
          new Failures.Failure(channel, Explanation.zeroScale(candidate, channel), true));
    }
    List<Removal.Joint> behind = way.behind();
    List<Removal.Joint> now = fulfilled(candidate, behind);
    addPartners(candidate, now);
    Optional<Conflict> conflict = system.add(candidate, demands -> demand(way, now, demands));
    if (conflict.isEmpty()) {
      removed.put(candidate, way);
      joints.addAll(behind);
    }
    return conflict.map(
        why ->
            new Failures.Failure(
                why.channel(),
                Explanation.conflict(candidate, why, this::stays),
                !why.constraints().isEmpty()));
  }

  private boolean stays(Operator operator) {
    return candidates.holds(operator);
  }

  private static void demand(Removal way, List<Removal.Joint> joints, Demands demands) {
    way.demand(demands);
    joints.forEach(joint -> joint.demand().accept(demands));
  }

  /** The joint demands that hold as soon as one more operator goes. */
  private List<Removal.Joint> fulfilled(Removable candidate, List<Removal.Joint> own) {
    return Stream.concat(
            joints.stream().filter(joint -> joint.gone().contains(candidate)), own.stream())
        .filter(
            joint ->
                joint.gone().stream().allMatch(r -> r.equals(candidate) || removed.containsKey(r)))
        .toList();
  }

  /**
   * What the system takes for demands of one operator are demands of these together, in any way
   * that is tried.
   */
  private void addPartners(Removable candidate, List<Removal.Joint> fulfilled) {
    for (Removal.Joint joint : fulfilled) {
      for (Removable gone : joint.gone()) {
        if (gone instanceof BatchNorm norm && !gone.equals(candidate)) {
          partners.computeIfAbsent(candidate, c -> new LinkedHashSet<>()).add(norm);
        }
      }
    }
  }

  /**
   * Whether two batch normalizations can go together, in any way, if nothing else goes; true also
   * where there are too many ways to try.
   */
  boolean canGoTogether(BatchNorm one, BatchNorm other) {
    return hasManyWays(one)
        || hasManyWays(other)
        || candidates.ways(one).stream()
            .anyMatch(
                way ->
                    candidates.ways(other).stream()
                        .anyMatch(otherWay -> areCompatible(one, way, other, otherWay)));
  }

  private boolean hasManyWays(BatchNorm norm) {
    return candidates.ways(norm).get(0).openChannels() > 1;
  }

  private boolean areCompatible(BatchNorm one, Removal way, BatchNorm other, Removal otherWay) {
    restart();
    return remove(one, way).isEmpty() && remove(other, otherWay).isEmpty();
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
