package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Conflict;
import io.github.dl4jbnfold.gauge.GaugeSystem;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Repairable.Repair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over the candidates of a network, on a gauge system of its own. */
final class Attempt {
  private final Candidates candidates;
  private final Graph graph;
  private final GaugeSystem system;
  private final int[] groups;
  private final Map<Removable, Removal> removed = new LinkedHashMap<>();
  private final Map<Removable, Kept> kept = new LinkedHashMap<>();
  private final Map<BatchNorm, IdentityTap> taps = new LinkedHashMap<>();
  private final Set<ConstantMultiply> widened = new LinkedHashSet<>();
  private final Set<Repairable> repaired = new LinkedHashSet<>();

  Attempt(Candidates candidates) {
    this.candidates = candidates;
    this.graph = candidates.graph();
    this.system = new GaugeSystem(graph, candidates::everyDemand, ShiftPreference.of(graph));
    for (Operator operator : graph.operators()) {
      Optional<Conflict> conflict = system.add(operator, candidates.loosest(operator));
      if (conflict.isPresent()) {
        // Gauge 1, 0 everywhere satisfies every operator, so an operator's demands are wrong.
        throw new IllegalStateException(
            "The demands of '" + operator.name() + "' exclude the network as it is: " + conflict);
      }
    }
    this.groups = system.classes();
  }

  /**
   * Batch normalizations first; then what else can go; a multiplication that stays should not need
   * an addition.
   */
  Plan run() {
    removeBatchNorms();
    List<ConstantMultiply> multiplications = candidates.of(ConstantMultiply.class);
    multiplications.forEach(this::tryRemoval);
    takeBackRepairs();
    candidates.of(ConstantAdd.class).forEach(this::tryRemoval);
    for (ConstantMultiply staying : multiplications) {
      if (!removed.containsKey(staying) && !system.offer(staying, staying::demandWithoutAddition)) {
        widened.add(staying);
      }
    }
    return new Plan(
        graph, gone(), widened, repaired, taps, keptBatchNorms(), completed(system.solve(groups)));
  }

  /** Identity taps bind no gauge, but they need what lies between to go: so they come last. */
  private void removeBatchNorms() {
    Map<BatchNorm, IdentityTap> possible = new LinkedHashMap<>();
    for (BatchNorm candidate : candidates.of(BatchNorm.class)) {
      Optional<IdentityTap> tap =
          candidates.exclusion(candidate) == null
              ? IdentityTap.find(graph, candidate)
              : Optional.empty();
      tap.ifPresentOrElse(found -> possible.put(candidate, found), () -> tryRemoval(candidate));
    }
    possible.forEach(
        (candidate, tap) -> {
          if (removed.keySet().containsAll(tap.between())) {
            taps.put(candidate, tap);
          } else {
            tryRemoval(candidate);
          }
        });
  }

  private void tryRemoval(Removable candidate) {
    Kept exclusion = candidates.exclusion(candidate);
    if (exclusion != null) {
      kept.put(candidate, exclusion);
      return;
    }
    for (Removal way : candidates.ways(candidate)) {
      Kept refusal = tryRemoval(candidate, way);
      if (refusal == null) {
        removed.put(candidate, way);
        kept.remove(candidate);
        return;
      }
      kept.putIfAbsent(candidate, refusal);
    }
  }

  private @Nullable Kept tryRemoval(Removable candidate, Removal way) {
    OptionalInt stuck = way.stuckChannel();
    if (stuck.isPresent()) {
      return Explanation.zeroScale(candidate, stuck.getAsInt());
    }
    return system
        .add(candidate, way::demand)
        .map(why -> Explanation.conflict(candidate, why))
        .orElse(null);
  }

  /** Takes back every repair that the removals do not need, the expensive ones first. */
  private void takeBackRepairs() {
    removed.values().forEach(way -> repaired.addAll(way.forcedClamps()));
    for (Repair kind : List.of(Repair.BORDER_MAP, Repair.CLAMP)) {
      for (Operator operator : graph.operators()) {
        if (operator instanceof Repairable repairable
            && repairable.repair() == kind
            && candidates.mayRepair(repairable)
            && !system.offer(operator, operator::demand)) {
          repaired.add(repairable);
        }
      }
    }
  }

  private Set<Removable> gone() {
    Set<Removable> gone = new LinkedHashSet<>(removed.keySet());
    gone.addAll(taps.keySet());
    return gone;
  }

  /** Fills in what the demands leave open where a scale is 0. */
  private Gauges completed(Gauges gauges) {
    List<Removable> inOrder = new ArrayList<>(graph.removables());
    inOrder.removeIf(affine -> affine instanceof BatchNorm norm && taps.containsKey(norm));
    for (Removable affine : inOrder) {
      way(affine).pushConstants(gauges, removed.containsKey(affine));
    }
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      way(inOrder.get(i)).pullZeros(gauges, removed.containsKey(inOrder.get(i)));
    }
    return gauges;
  }

  private Removal way(Removable affine) {
    Removal chosen = removed.get(affine);
    return chosen == null ? candidates.ways(affine).get(0) : chosen;
  }

  private List<Kept> keptBatchNorms() {
    List<Kept> result = new ArrayList<>(candidates.refused());
    kept.forEach(
        (candidate, reason) -> {
          if (candidate instanceof BatchNorm) {
            result.add(reason);
          }
        });
    return result;
  }
}
