package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Conflict;
import io.github.dl4jbnfold.gauge.GaugeSystem;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides for a whole network at once which affine operators can be removed together: the joint
 * criterion of theory, section 1. Batch normalizations come first, in graph order, then constant
 * multiplications, then constant additions.
 */
public final class Planner {
  private final Graph graph;
  private final Limits limits;
  private final Map<Removable, Removal> removals = new HashMap<>();
  private final Map<Removable, Kept> excluded = new LinkedHashMap<>();

  private Planner(Graph graph, Limits limits, Predicate<String> keep) {
    this.graph = graph;
    this.limits = limits;
    for (Removable candidate : graph.removables()) {
      removals.put(candidate, new Removal(graph, candidate));
      exclusion(candidate, keep).ifPresent(kept -> excluded.put(candidate, kept));
    }
  }

  /**
   * Plans the removal of all that can be removed.
   *
   * @param keep the names of operators that must stay
   */
  public static Plan plan(Graph graph, Limits limits, Predicate<String> keep) {
    Planner planner = new Planner(graph, limits, keep);
    while (true) {
      Plan plan = planner.attempt();
      Optional<Conditioning.Excess> excess = Conditioning.check(plan, planner.limits);
      if (excess.isEmpty()) {
        return plan;
      }
      Removable culprit = excess.get().culprit();
      planner.excluded.put(culprit, Explanation.illConditioned(excess.get()));
    }
  }

  private Optional<Kept> exclusion(Removable candidate, Predicate<String> keep) {
    if (keep.test(candidate.name())) {
      return Optional.of(Explanation.user(candidate));
    }
    if (graph.isAnchored(candidate.input()) && graph.outputs().contains(candidate.output())) {
      return Optional.of(Explanation.output(candidate));
    }
    OptionalInt stuck = removals(candidate).stuckChannel();
    return stuck.isPresent()
        ? Optional.of(Explanation.zeroScale(candidate, stuck.getAsInt()))
        : Optional.empty();
  }

  private Removal removals(Removable candidate) {
    Removal removal = removals.get(candidate);
    if (removal == null) {
      throw new IllegalStateException(candidate.name() + " is not a candidate.");
    }
    return removal;
  }

  private Plan attempt() {
    GaugeSystem system = new GaugeSystem(graph, this::everyDemand, this::shiftPreference);
    for (Operator operator : graph.operators()) {
      Optional<Conflict> conflict = system.add(operator, operator::demand);
      if (conflict.isPresent()) {
        // Gauge 1, 0 everywhere satisfies every operator, so an operator's demands are wrong.
        throw new IllegalStateException(
            "The demands of '" + operator.name() + "' exclude the network as it is: " + conflict);
      }
    }
    int[] groups = system.classes();
    Set<Removable> removed = new LinkedHashSet<>();
    Map<Removable, Kept> kept = new LinkedHashMap<>();
    Set<ConstantMultiply> widened = new LinkedHashSet<>();
    for (BatchNorm candidate : candidates(BatchNorm.class)) {
      tryRemoval(system, candidate, removed, kept);
    }
    for (ConstantMultiply candidate : candidates(ConstantMultiply.class)) {
      if (!tryRemoval(system, candidate, removed, kept)
          && system.add(candidate, candidate::demandWithoutAddition).isPresent()) {
        widened.add(candidate);
      }
    }
    for (ConstantAdd candidate : candidates(ConstantAdd.class)) {
      tryRemoval(system, candidate, removed, kept);
    }
    Gauges gauges = system.solve(groups);
    List<Removable> inOrder = graph.removables();
    for (Removable affine : inOrder) {
      removals(affine).pushConstants(gauges, removed.contains(affine));
    }
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      removals(inOrder.get(i)).pullZeros(gauges, removed.contains(inOrder.get(i)));
    }
    return new Plan(graph, removed, widened, keptBatchNorms(kept), gauges);
  }

  private boolean tryRemoval(
      GaugeSystem system, Removable candidate, Set<Removable> removed, Map<Removable, Kept> kept) {
    Kept exclusion = excluded.get(candidate);
    if (exclusion != null) {
      kept.put(candidate, exclusion);
      return false;
    }
    Optional<Conflict> conflict = system.add(candidate, removals(candidate)::demand);
    conflict.ifPresentOrElse(
        why -> kept.put(candidate, Explanation.conflict(candidate, why)),
        () -> removed.add(candidate));
    return conflict.isEmpty();
  }

  private <T extends Removable> List<T> candidates(Class<T> type) {
    return graph.removables().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private List<Kept> keptBatchNorms(Map<Removable, Kept> kept) {
    List<Kept> result = new ArrayList<>();
    for (Refusal refusal : graph.refusals()) {
      result.add(
          new Kept(
              refusal.name(), refusal.reason(), refusal.detail(), refusal.remedy(), List.of()));
    }
    kept.forEach(
        (candidate, reason) -> {
          if (candidate instanceof BatchNorm) {
            result.add(reason);
          }
        });
    return result;
  }

  private void everyDemand(Demands demands) {
    graph.operators().forEach(operator -> operator.demand(demands));
    removals.values().forEach(removal -> removal.demand(demands));
  }

  /**
   * A shift goes where it costs least: into the bias of a linear operator whose output has one
   * reader, so that no other reader has to take it out again.
   */
  private int shiftPreference(Tensor tensor) {
    int alone = graph.readers(tensor).size() <= 1 ? 4 : 0;
    if (!(graph.producer(tensor) instanceof Linear linear)) {
      return alone;
    }
    return switch (linear.bias()) {
      case PRESENT -> alone + 3;
      case OPEN -> alone + 2;
      case NEEDS_OPERATOR -> alone + 1;
    };
  }
}
