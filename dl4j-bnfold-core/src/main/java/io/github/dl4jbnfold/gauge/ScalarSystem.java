package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Constraint.PositiveScale;
import io.github.dl4jbnfold.gauge.Constraint.ScaleRatio;
import io.github.dl4jbnfold.gauge.Constraint.ShiftEquation;
import io.github.dl4jbnfold.gauge.Constraint.UnitScale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides whether a small set of scalar constraints has a solution, by plain union-find and
 * elimination. It shares no code with {@link GaugeSystem}, so it serves as its check.
 */
public final class ScalarSystem {
  private static final Channel ONE = new Channel(-1, "", 0);

  private final Map<Channel, Channel> parent = new HashMap<>();
  private final Map<Channel, Double> ratio = new HashMap<>();
  private final Map<Channel, Double> sign = new HashMap<>();
  private boolean feasible = true;

  private ScalarSystem() {}

  /** Whether gauges exist, with every scale different from 0, that satisfy all the constraints. */
  public static boolean feasible(Collection<? extends Constraint> constraints) {
    ScalarSystem system = new ScalarSystem();
    List<Channel> positive = new ArrayList<>();
    List<ShiftEquation> equations = new ArrayList<>();
    for (Constraint constraint : constraints) {
      if (constraint instanceof ScaleRatio tie) {
        system.tie(tie.x(), tie.factor(), tie.y());
      } else if (constraint instanceof UnitScale unit) {
        system.tie(unit.x(), 1, ONE);
      } else if (constraint instanceof PositiveScale sign) {
        positive.add(sign.x());
      } else if (constraint instanceof ShiftEquation equation) {
        equations.add(equation);
      }
    }
    positive.forEach(system::positive);
    return system.feasible && system.shiftsFeasible(equations);
  }

  private Channel root(Channel channel) {
    compress(channel);
    return parent.getOrDefault(channel, channel);
  }

  /** a_channel / a_root. */
  private double ratioToRoot(Channel channel) {
    compress(channel);
    return ratio.getOrDefault(channel, 1.0);
  }

  /** Makes the root the parent, so that long chains are walked once. */
  private void compress(Channel channel) {
    Deque<Channel> path = new ArrayDeque<>();
    Channel at = channel;
    Channel above = parent.get(at);
    while (above != null) {
      path.push(at);
      at = above;
      above = parent.get(at);
    }
    double product = 1;
    for (Channel below : path) {
      product *= ratio.getOrDefault(below, 1.0);
      parent.put(below, at);
      ratio.put(below, product);
    }
  }

  private void tie(Channel x, double factor, Channel y) {
    Channel rootX = root(x);
    Channel rootY = root(y);
    double r = factor * ratioToRoot(y) / ratioToRoot(x);
    if (rootX.equals(rootY)) {
      feasible &= Math.abs(r - 1) <= ScaleForest.TOLERANCE * Math.max(1, Math.abs(r));
    } else if (rootX.equals(ONE)) {
      parent.put(rootY, rootX);
      ratio.put(rootY, 1 / r);
    } else {
      parent.put(rootX, rootY);
      ratio.put(rootX, r);
    }
  }

  private void positive(Channel x) {
    Channel root = root(x);
    double wanted = Math.signum(ratioToRoot(x));
    Double known = root.equals(ONE) ? Double.valueOf(1) : sign.putIfAbsent(root, wanted);
    feasible &= known == null || known == wanted;
  }

  /** One linear form in shifts (eliminated first), scales of roots and the constant 1. */
  private static final class Form {
    final Map<Channel, Double> shifts = new LinkedHashMap<>();
    final Map<Channel, Double> scales = new LinkedHashMap<>();
    final Map<Channel, Double> magnitudes = new HashMap<>();

    void add(Form other, double k) {
      other.shifts.forEach((channel, value) -> merge(shifts, channel, k * value));
      other.scales.forEach((channel, value) -> scales.merge(channel, k * value, Double::sum));
      other.magnitudes.forEach(
          (channel, value) -> magnitudes.merge(channel, Math.abs(k) * value, Math::max));
    }

    private static void merge(Map<Channel, Double> into, Channel channel, double value) {
      if (Math.abs(into.merge(channel, value, Double::sum)) < 1e-12) {
        into.remove(channel);
      }
    }

    void dropCancelledScales() {
      scales
          .entrySet()
          .removeIf(
              e ->
                  Math.abs(e.getValue())
                      <= ShiftSystem.TOLERANCE * magnitudes.getOrDefault(e.getKey(), 0.0));
    }
  }

  private boolean shiftsFeasible(List<ShiftEquation> equations) {
    Map<Channel, Form> solved = new LinkedHashMap<>();
    List<Form> remaining = new ArrayList<>();
    for (ShiftEquation equation : equations) {
      Form form = form(equation);
      eliminate(form, solved);
      if (form.shifts.isEmpty()) {
        form.dropCancelledScales();
        remaining.add(form);
      } else {
        solved.put(form.shifts.keySet().iterator().next(), form);
      }
    }
    return remaining.stream().allMatch(this::scalesFeasible);
  }

  /** A row speaks of no shift that was solved before it, so this ends. */
  private static void eliminate(Form form, Map<Channel, Form> solved) {
    Deque<Channel> pending = new ArrayDeque<>(form.shifts.keySet());
    while (!pending.isEmpty()) {
      Channel pivot = pending.pop();
      Form row = solved.get(pivot);
      Double k = form.shifts.get(pivot);
      if (row != null && k != null) {
        form.add(row, -k / row.shifts.getOrDefault(pivot, 1.0));
        form.shifts.remove(pivot);
        pending.addAll(row.shifts.keySet());
      }
    }
  }

  private Form form(ShiftEquation equation) {
    Form form = new Form();
    for (int j = 0; j < equation.channels().size(); j++) {
      Form.merge(form.shifts, equation.channels().get(j), equation.coefficients().get(j));
    }
    if (equation.rhs() != 0) {
      double value = -equation.rhs() * ratioToRoot(equation.reference());
      Channel root = root(equation.reference());
      form.scales.put(root, value);
      form.magnitudes.put(root, Math.abs(value));
    }
    return form;
  }

  /**
   * Σ τ·a = 0 with all a ≠ 0: impossible only if exactly one term is left, or two of fixed sign.
   */
  private boolean scalesFeasible(Form form) {
    if (form.scales.size() == 1) {
      return false;
    }
    if (form.scales.size() != 2) {
      return true;
    }
    Double product = 1.0;
    for (Map.Entry<Channel, Double> term : form.scales.entrySet()) {
      Double s = term.getKey().equals(ONE) ? Double.valueOf(1) : sign.get(term.getKey());
      product = product == null || s == null ? null : product * s * Math.signum(term.getValue());
    }
    return product == null || product < 0;
  }
}
