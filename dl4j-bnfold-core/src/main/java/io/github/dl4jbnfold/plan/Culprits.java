package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The removals for which a plan would need new operators although all demands hold: channels with
 * scale 0 become constants that no demand speaks of, and of two outputs that become one value the
 * second needs an operator that writes it.
 */
final class Culprits {
  private final Plan plan;
  private final Graph graph;
  private final Map<Removable, Removal> removed;
  private final Map<Removable, Kept> found = new LinkedHashMap<>();

  private Culprits(Plan plan, Map<Removable, Removal> removed) {
    this.plan = plan;
    this.graph = plan.graph();
    this.removed = removed;
  }

  /**
   * What must stay, and why.
   *
   * @param removed how operators go
   */
  static Map<Removable, Kept> of(Plan plan, Map<Removable, Removal> removed) {
    Culprits culprits = new Culprits(plan, removed);
    if (removed.values().stream().anyMatch(Removal::hasConstantChannel)) {
      plan.graph().operators().stream()
          .filter(operator -> !culprits.holds(operator))
          .forEach(culprits::accuse);
    }
    culprits.separateOutputs();
    return culprits.found;
  }

  /** Whether an operator that stays can hold the channels that are constant. */
  private boolean holds(Operator operator) {
    boolean isAffine = operator instanceof Removable affine && !plan.removed().contains(affine);
    boolean isLinear = operator instanceof Linear linear && !linear.bias().isFree();
    if (!isAffine && !isLinear) {
      return true;
    }
    Gauge in = plan.gauges().of(operator.inputs().get(0));
    Gauge out = plan.gauges().of(operator.outputs().get(0));
    return operator instanceof Removable affine
        ? holds(affine, in, out)
        : readsNothing(in) && (isRegular(out) || isSilent((Linear) operator, out));
  }

  /** A constant 0 adds nothing to what a linear operator writes. */
  private static boolean readsNothing(Gauge in) {
    boolean nothing = true;
    for (int i = 0; i < in.channels(); i++) {
      nothing &= !in.isConstant(i) || in.constantAt(i) == 0;
    }
    return nothing;
  }

  /** Nothing is written where a channel is constantly 0, and that needs no bias. */
  private static boolean isSilent(Linear operator, Gauge out) {
    boolean silent = operator.bias() == Linear.BiasSlot.NEEDS_OPERATOR;
    for (int i = 0; i < out.channels(); i++) {
      silent &= !isConstant(out, i) || out.shift()[i] == 0;
    }
    return silent;
  }

  private static boolean holds(Removable affine, Gauge in, Gauge out) {
    boolean holds = true;
    for (int i = 0; i < in.channels(); i++) {
      if (isConstant(in, i) || isConstant(out, i)) {
        double s = out.scale()[i] * affine.scale()[i] * in.inverseScale()[i];
        double t =
            out.scale()[i] * (affine.shift()[i] - affine.scale()[i] * in.relativeShift()[i])
                + out.shift()[i];
        holds &=
            switch (affine.freedom()) {
              case BOTH -> true;
              case BOTH_NONZERO -> s != 0 || t == 0;
              case SCALE -> t == 0;
              case SHIFT -> affine instanceof ConstantAdd;
              case NONE -> false;
            };
      }
    }
    return holds;
  }

  private static boolean isRegular(Gauge gauge) {
    boolean regular = true;
    for (int i = 0; i < gauge.channels(); i++) {
      regular &= !isConstant(gauge, i);
    }
    return regular;
  }

  private static boolean isConstant(Gauge gauge, int channel) {
    return gauge.scale()[channel] == 0 || gauge.isConstant(channel);
  }

  /** Finds the constants that reach an operator through affine operators and sums; else all. */
  private void accuse(Operator holder) {
    boolean accused = false;
    for (Operator at : around(graph, holder)) {
      accused |= at instanceof Removable affine && accuse(affine, holder);
    }
    if (!accused) {
      removed.keySet().forEach(affine -> accuse(affine, holder));
    }
  }

  /** The removed batch normalizations around a culprit: with one of them it may be none. */
  static List<BatchNorm> around(Plan plan, Removable culprit) {
    Set<Operator> around = around(plan.graph(), culprit);
    return plan.removedBatchNorms().stream()
        .filter(norm -> around.contains(norm) && !norm.equals(culprit))
        .toList();
  }

  /** What an operator is connected with through affine operators and sums. */
  private static Set<Operator> around(Graph graph, Operator start) {
    Set<Operator> seen = new LinkedHashSet<>(Set.of(start));
    Deque<Operator> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      for (Operator next : neighbours(graph, pending.pop())) {
        boolean passes = next instanceof Removable || next instanceof Combination;
        if (passes && seen.add(next)) {
          pending.push(next);
        }
      }
    }
    return seen;
  }

  private boolean accuse(Removable affine, Operator holder) {
    Removal way = removed.get(affine);
    boolean constant = way != null && way.hasConstantChannel();
    if (constant) {
      found.putIfAbsent(affine, Explanation.constantChannel(affine, holder));
    }
    return constant;
  }

  private static List<Operator> neighbours(Graph graph, Operator operator) {
    List<Operator> all = new ArrayList<>();
    for (Tensor input : operator.inputs()) {
      Operator producer = graph.producer(input);
      if (producer != null) {
        all.add(producer);
      }
    }
    operator.outputs().forEach(output -> all.addAll(graph.readers(output)));
    return all;
  }

  /** Where all goes between an output and a name that stays, one operator writes the output. */
  private void separateOutputs() {
    Set<Tensor> named = new HashSet<>();
    for (Tensor output : graph.tensors()) {
      if (!graph.outputs().contains(output)) {
        continue;
      }
      Tensor source = output;
      Removable writer = null;
      while (graph.producer(source) instanceof Removable affine
          && plan.removed().contains(affine)
          && (source.equals(output) || !graph.outputs().contains(source))) {
        boolean preferred = writer == null || rank(affine) > rank(writer);
        writer = preferred ? affine : writer;
        source = affine.input();
      }
      if (writer != null && (graph.isAnchored(source) || !named.add(source))) {
        found.putIfAbsent(writer, Explanation.twoNames(writer, source, output));
      }
    }
  }

  /** Rather an operator stays that is no batch normalization, and can change. */
  private static int rank(Removable affine) {
    return affine instanceof BatchNorm ? 0 : affine.freedom() == Freedom.NONE ? 1 : 2;
  }
}
