package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Finds the tensors of a plan that could not be read back precisely. Theory, section 6. */
final class Conditioning {
  private Conditioning() {}

  /**
   * A limit that a plan exceeds.
   *
   * @param culprit the removed operator that causes it
   * @param value |c/a|, or the ratio of the largest and the smallest |a|
   */
  record Excess(
      Removable culprit, Tensor tensor, int channel, String quantity, double value, double limit) {}

  /**
   * Excesses whose culprits can stay all at once, none if the plan exceeds no limit: the first one,
   * and of the others those next to an operator of their own whose gain alone explains them.
   */
  static List<Excess> check(Plan plan, Limits limits) {
    if (plan.changed().isEmpty()) {
      return List.of();
    }
    Map<Removable, Excess> excesses = new LinkedHashMap<>();
    Set<Tensor> touched = new HashSet<>();
    for (Operator operator : plan.graph().operators()) {
      boolean gone = operator instanceof Removable affine && plan.removed().contains(affine);
      for (Tensor input : gone ? List.<Tensor>of() : operator.inputs()) {
        check(plan, input, limits)
            .filter(excess -> excesses.isEmpty() || isOfItsOwn(excess, touched))
            .ifPresent(
                excess -> {
                  excesses.putIfAbsent(excess.culprit(), excess);
                  touched.add(excess.culprit().input());
                  touched.add(excess.culprit().output());
                });
      }
    }
    return List.copyOf(excesses.values());
  }

  private static boolean isOfItsOwn(Excess excess, Set<Tensor> touched) {
    Removable culprit = excess.culprit();
    boolean before = culprit.input().equals(excess.tensor());
    boolean behind = culprit.output().equals(excess.tensor());
    return (before || behind)
        && !touched.contains(culprit.input())
        && !touched.contains(culprit.output())
        && gain(culprit, excess.channel()) >= excess.value() / 2;
  }

  private static Optional<Excess> check(Plan plan, Tensor tensor, Limits limits) {
    Gauge gauge = plan.gauges().of(tensor);
    double[] relative = gauge.relativeShift();
    double[] inverse = gauge.inverseScale();
    int largest = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = 0;
    int extreme = 0;
    for (int i = 0; i < relative.length; i++) {
      boolean read = inverse[i] != 0;
      if (read && Math.abs(relative[i]) > Math.abs(relative[largest])) {
        largest = i;
      }
      if (read && Math.abs(inverse[i]) > max) {
        max = Math.abs(inverse[i]);
        extreme = i;
      }
      if (read) {
        min = Math.min(min, Math.abs(inverse[i]));
      }
    }
    double shift = inverse[largest] == 0 ? 0 : Math.abs(relative[largest]);
    if (!(shift <= limits.relativeShift())) {
      return Optional.of(
          new Excess(
              culprit(plan, tensor, largest),
              tensor,
              largest,
              "shift/scale",
              shift,
              limits.relativeShift()));
    }
    if (max > 0 && !(max / min <= limits.scaleRange())) {
      return Optional.of(
          new Excess(
              culprit(plan, tensor, extreme),
              tensor,
              extreme,
              "largest scale/smallest scale",
              max / min,
              limits.scaleRange()));
    }
    return Optional.empty();
  }

  /**
   * The removed operator with the largest gain: next to the tensor if there is one, else of all; a
   * normalizer only where there is no other.
   */
  private static Removable culprit(Plan plan, Tensor tensor, int channel) {
    Optional<Removable> neighbour =
        plan.changed().stream()
            .filter(gone -> gone.input().equals(tensor) || gone.output().equals(tensor))
            .max(byGain(gone -> gain(gone, channel)));
    return neighbour.orElseGet(
        () -> plan.changed().stream().max(byGain(Conditioning::gain)).orElseThrow());
  }

  private static Comparator<Removable> byGain(ToDoubleFunction<Removable> gain) {
    return Comparator.<Removable, Boolean>comparing(gone -> !(gone instanceof Normalizer))
        .thenComparingDouble(gain);
  }

  private static double gain(Removable removed, int channel) {
    double s = Math.abs(removed.scale()[channel]);
    double t = Math.abs(removed.shift()[channel]);
    return s == 0 ? 0 : Math.max(Math.max(s, 1 / s), t / s);
  }

  private static double gain(Removable removed) {
    double gain = 0;
    for (int i = 0; i < removed.scale().length; i++) {
      gain = Math.max(gain, gain(removed, i));
    }
    return gain;
  }
}
