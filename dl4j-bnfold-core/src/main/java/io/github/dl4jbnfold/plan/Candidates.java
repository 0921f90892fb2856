package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.ConstantChannels;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What may be removed from a network, how, and what may not be tried. */
final class Candidates {
  private final Graph graph;
  private final Objective objective;
  private final Choice choice;
  private final boolean divides;
  private final Map<Removable, List<Removal>> ways = new LinkedHashMap<>();
  private final Map<Removable, Kept> excluded = new LinkedHashMap<>();
  private final Map<BatchNorm, IdentityTap> taps = new HashMap<>();
  private final Map<Tensor, OnesChannel> onesChannels;
  private final Set<Repairable> unrepairable = new HashSet<>();
  private final Map<Removable, Removal> going = new LinkedHashMap<>();
  private final Set<Removable> holding = new HashSet<>();
  private final Map<Removable, Kept> reasonsToHold = new HashMap<>();

  Candidates(Graph graph, Predicate<String> keep, Objective objective, Choice choice) {
    this.graph = graph;
    this.choice = choice;
    unrepairable.addAll(choice.forbidden());
    this.objective = objective;
    ConstantChannels constants = new ConstantChannels(graph);
    for (Removable candidate : graph.removables()) {
      ways.put(candidate, Removal.of(graph, candidate, constants, repairs()));
      if (candidate instanceof Normalizer) {
        continue; // It must go.
      }
      if (keep.test(candidate.name())) {
        excluded.put(candidate, Explanation.user(candidate));
      } else if (graph.isAnchored(candidate.input())
          && graph.outputs().contains(candidate.output())) {
        excluded.put(candidate, Explanation.output(candidate));
      } else if (!choice.removes()) {
        excluded.put(candidate, Explanation.nothingIsFaster(candidate));
      } else if (candidate instanceof BatchNorm norm) {
        IdentityTap.find(graph, norm).ifPresent(tap -> taps.put(norm, tap));
      }
    }
    divides = graph.removables().stream().noneMatch(Candidates::hasZeroScale);
    onesChannels = OnesChannel.all(graph, affine -> !excluded.containsKey(affine));
  }

  Graph graph() {
    return graph;
  }

  /** Why a candidate is not tried at all; null if it is. */
  @Nullable Kept exclusion(Removable candidate) {
    Kept excluding = excluded.get(candidate);
    return excluding == null ? reasonsToHold.get(candidate) : excluding;
  }

  /**
   * @throws NormalizerStaysException if the candidate must go
   */
  void exclude(Removable candidate, Kept reason) {
    if (candidate instanceof Normalizer) {
      throw new NormalizerStaysException(reason);
    }
    excluded.put(candidate, reason);
  }

  /** The ways to remove a candidate, the usual one first. */
  List<Removal> ways(Removable candidate) {
    return ways.getOrDefault(candidate, List.of());
  }

  /**
   * The convolution beside a batch normalization that could take it over; null if there is none.
   */
  @Nullable IdentityTap tap(BatchNorm norm) {
    return taps.get(norm);
  }

  <T extends Removable> List<T> of(Class<T> type) {
    return ways.keySet().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The batch normalizations that the front end refused. */
  List<Kept> refused() {
    return graph.refusals().stream()
        .map(r -> new Kept(r.name(), r.reason(), r.detail(), r.remedy(), List.of()))
        .toList();
  }

  private boolean repairs() {
    return !keepsOperators();
  }

  /** Whether no operator may be added or become another one. */
  boolean keepsOperators() {
    return objective == Objective.NO_NEW_OPERATORS;
  }

  /**
   * Lets an operator go before anything else is tried.
   *
   * @param way the way that is tried; more of its channels may be seen as constants
   */
  void letGo(Removable operator, Removal way) {
    undecide(operator);
    going.put(operator, way);
  }

  /**
   * Lets an operator hold what its own constants can hold, from the start.
   *
   * @param reason why it stays, if it is a batch normalization
   */
  void letHold(Removable operator, @Nullable Kept reason) {
    undecide(operator);
    holding.add(operator);
    if (reason != null) {
      reasonsToHold.put(operator, reason);
    }
  }

  /** Leaves open whether an operator goes or stays. */
  void undecide(Removable operator) {
    going.remove(operator);
    holding.remove(operator);
    reasonsToHold.remove(operator);
  }

  Map<Removable, Removal> going() {
    return going;
  }

  boolean holds(Operator operator) {
    return operator instanceof Removable affine && holding.contains(affine);
  }

  boolean mayRepair(Repairable operator) {
    return repairs()
        && !unrepairable.contains(operator)
        && (operator.isRepairable() || isReachedByOnes(operator));
  }

  boolean prefersMaps() {
    return choice.prefersMaps();
  }

  /**
   * Whether an addition may be left of a batch normalization that cannot go. It would not stop what
   * a scale of 0 anywhere makes constant.
   */
  boolean mayReduce(BatchNorm norm) {
    return divides && exclusion(norm) == null && choice.mayReduce().test(norm);
  }

  private static boolean hasZeroScale(Removable affine) {
    return Arrays.stream(affine.scale()).anyMatch(s -> s == 0);
  }

  /** Forbids a repair that turned out to need another one. */
  void forbid(Repairable operator) {
    unrepairable.add(operator);
  }

  private boolean isReachedByOnes(Repairable operator) {
    return operator.repair() != Repairable.Repair.CLAMP
        && operator.inputs().stream().anyMatch(onesChannels::containsKey);
  }

  /** The demands of the form of an operator that demands least among those that are allowed. */
  Consumer<Demands> loosest(Operator operator) {
    if (holds(operator) || (keepsOperators() && !(operator instanceof Removable))) {
      return operator::demandWithoutNewOperator;
    }
    return operator instanceof Repairable repairable && mayRepair(repairable)
        ? repairable::demandRepaired
        : operator::demand;
  }

  /** Every demand that an attempt may make. */
  void everyDemand(Demands demands) {
    graph.operators().forEach(operator -> operator.demand(demands));
    graph.operators().forEach(operator -> loosest(operator).accept(demands));
    if (keepsOperators()) {
      graph.operators().forEach(operator -> operator.demandWithoutNewOperator(demands));
    }
    for (List<Removal> all : ways.values()) {
      for (Removal way : all) {
        way.demand(demands);
        way.behind().forEach(joint -> joint.demand().accept(demands));
      }
    }
  }
}
