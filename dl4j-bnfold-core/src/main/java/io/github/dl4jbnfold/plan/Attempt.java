package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.GaugeSystem;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Repairable.Repair;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans a network with given candidates: normalizers first; then batch normalizations; then what
 * else can go; a multiplication that stays should not need an addition.
 */
final class Attempt {
  private final Candidates candidates;
  private final Graph graph;
  private final Removals removals;
  private final GaugeSystem system;
  private final Set<ConstantMultiply> widened = new LinkedHashSet<>();
  private final Set<Repairable> repaired = new LinkedHashSet<>();
  private final Set<BatchNorm> reduced = new LinkedHashSet<>();
  private final Set<Repairable> unrealizable = new LinkedHashSet<>();
  private final Set<Removable> overloaded = new LinkedHashSet<>();

  Attempt(Candidates candidates) {
    this.candidates = candidates;
    this.graph = candidates.graph();
    this.removals = new Removals(candidates);
    this.system = removals.system();
  }

  /**
   * @param most a number of batch normalizations that no plan exceeds; an attempt with fewer
   *     candidates than one before knows no better
   */
  Plan run(int most) {
    MaximumSearch.Result found = MaximumSearch.run(candidates, removals);
    List<ConstantMultiply> multiplications = candidates.of(ConstantMultiply.class);
    multiplications.forEach(this::tryRemoval);
    takeBackRepairs();
    if (candidates.keepsOperators()) {
      // Before additions go, whose shifts an operator could not hold.
      graph.removables().stream().filter(r -> !(r instanceof ConstantAdd)).forEach(this::hold);
    }
    found.refused().keySet().forEach(this::tryReduction);
    for (ConstantAdd addition : candidates.of(ConstantAdd.class)) {
      if (candidates.exclusion(addition) == null) {
        removals.removeWithoutClamps(addition, repaired);
      }
    }
    if (candidates.keepsOperators()) {
      candidates.of(ConstantAdd.class).forEach(this::hold);
    } else {
      multiplications.forEach(this::holdOrWiden);
    }
    Set<OnesChannel> ones = onesChannels();
    return new Plan(
        graph,
        removals.gone(),
        reduced,
        widened,
        repaired,
        ones,
        removals.taps(),
        PointMerge.all(
            graph,
            removals.gone(),
            tensor -> ones.stream().anyMatch(o -> o.tensors().contains(tensor))),
        keptBatchNorms(found.refused()),
        most < Integer.MAX_VALUE ? most : found.most(),
        candidates.keepsOperators(),
        completed(system.solve(removals.groups())));
  }

  /** Whether all can go that shall go first. */
  boolean isPossible() {
    return removals.isPossible();
  }

  /** Why a normalizer cannot go; null if all can. */
  @Nullable Kept stuck() {
    return removals.stuck();
  }

  /**
   * @throws NormalizerStaysException if one cannot go
   */
  void requireNormalizers() {
    Kept stuck = stuck();
    if (stuck != null) {
      throw new NormalizerStaysException(stuck);
    }
  }

  private void hold(Removable affine) {
    boolean stays = !removals.gone().contains(affine) && !candidates.holds(affine);
    if (stays && !system.offer(affine, affine::demandWithoutNewOperator)) {
      overloaded.add(affine);
    }
  }

  /** The affine operators that stay and would need a new operator to hold their gauges. */
  Set<Removable> overloaded() {
    return overloaded;
  }

  /** How the removed operators go, but for those that a convolution takes over. */
  Map<Removable, Removal> removed() {
    return removals.removed();
  }

  private void holdOrWiden(ConstantMultiply affine) {
    if (!removals.removed().containsKey(affine)
        && !system.offer(affine, affine::demandWithoutAddition)) {
      widened.add(affine);
    }
  }

  private void tryRemoval(Removable candidate) {
    if (candidates.exclusion(candidate) == null) {
      removals.remove(candidate);
    }
  }

  /** The scale goes and the shift stays, which an addition holds: no repair is worth that. */
  private void tryReduction(BatchNorm norm) {
    if (candidates.mayReduce(norm)
        && system.offer(
            norm, d -> d.scaleRatio(norm.input().all(), norm.scale(), norm.output().all()))) {
      reduced.add(norm);
    }
  }

  /** Takes back every repair that the removals do not need, the expensive ones first. */
  private void takeBackRepairs() {
    repaired.addAll(removals.forcedClamps());
    for (Repair kind : List.of(Repair.BORDER_MAP, Repair.PAD_VALUE, Repair.CLAMP)) {
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

  /** The channels of ones that serve the repaired operators. */
  private Set<OnesChannel> onesChannels() {
    Map<Tensor, OnesChannel> possible = OnesChannel.all(graph, removals.gone()::contains);
    Set<OnesChannel> used = new LinkedHashSet<>();
    for (Repairable operator : repaired) {
      OnesChannel ones = possible.get(operator.inputs().get(0));
      boolean mapped = candidates.prefersMaps() && operator.isRepairable();
      if (!mapped && operator.repair() != Repair.CLAMP && ones != null) {
        used.add(ones);
      } else if (!operator.isRepairable()) {
        unrealizable.add(operator);
      }
    }
    return used;
  }

  /** The repaired operators that no form serves, because an operator before them stays. */
  Set<Repairable> unrealizable() {
    return unrealizable;
  }

  /** Fills in what the demands leave open where a scale is 0. */
  private Gauges completed(Gauges gauges) {
    Map<Removable, ?> removed = removals.removed();
    Set<Removable> inOrder = new LinkedHashSet<>(graph.removables());
    inOrder.removeIf(
        affine -> affine instanceof BatchNorm norm && removals.taps().containsKey(norm));
    for (Removable affine : inOrder) {
      removals.way(affine).pushConstants(gauges, removed.containsKey(affine));
    }
    List<Operator> operators = graph.operators();
    for (int i = operators.size() - 1; i >= 0; i--) {
      if (operators.get(i) instanceof Combination sum) {
        Removal.pullZeros(sum, gauges);
      } else if (operators.get(i) instanceof Removable affine && inOrder.contains(affine)) {
        removals.way(affine).pullZeros(gauges, removed.containsKey(affine));
      }
    }
    return gauges;
  }

  private List<Kept> keptBatchNorms(Map<BatchNorm, Removals.Refusal> refused) {
    List<Kept> result = new ArrayList<>(candidates.refused());
    for (BatchNorm norm : candidates.of(BatchNorm.class)) {
      Kept excluded = candidates.exclusion(norm);
      Removals.Refusal refusal = refused.get(norm);
      if (excluded != null) {
        result.add(excluded);
      } else if (refusal != null && !reduced.contains(norm)) {
        result.add(refusal.kept());
      }
    }
    return result;
  }
}
