package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Concatenation;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantField;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Product;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.plan.ZeroScales.Channel;
import io.github.dl4jbnfold.plan.ZeroScales.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The table of theory, section 1, once more, as dense equations in the scale a and the shift c of
 * every channel of every tensor, for one way to remove some operators. Gaussian elimination decides
 * them. No code is shared with what they check.
 */
final class DenseEquations {
  private final Graph graph;
  private final Set<? extends Removable> removed;
  private final ZeroScales zeros;
  private final Set<Channel> constants;
  private final boolean arithmeticHolds;
  private final int[] firstChannel;
  private final int unknowns;

  /** a_x = factor·a_y; y = −1 stands for 1. */
  private record Tie(int x, double factor, int y) {}

  /** Σ k·c = rhs·a_reference. */
  private record Shift(double[] k, double rhs, int reference) {}

  private final List<Tie> ties = new ArrayList<>();
  private final List<Shift> shifts = new ArrayList<>();
  private final List<Integer> positive = new ArrayList<>();
  private boolean impossible;

  /**
   * @param constants the channels that are removed as constants though their scale is not 0
   * @param arithmeticHolds whether affine operators that stay hold only what their own numbers can
   */
  DenseEquations(
      Graph graph,
      Set<? extends Removable> removed,
      ZeroScales zeros,
      Set<Channel> constants,
      boolean arithmeticHolds) {
    this.graph = graph;
    this.removed = removed;
    this.zeros = zeros;
    this.constants = constants;
    this.arithmeticHolds = arithmeticHolds;
    firstChannel = new int[graph.tensors().size()];
    int count = 0;
    for (Tensor tensor : graph.tensors()) {
      firstChannel[tensor.id()] = count;
      count += tensor.channels();
    }
    unknowns = count;
    graph.operators().forEach(this::state);
  }

  boolean hasSolution() {
    if (impossible) {
      return false;
    }
    double[] scales = scales();
    return scales != null && shiftsAreConsistent(scales);
  }

  /** The largest amount by which the gauges miss an equation. */
  double violation(Gauges gauges) {
    double[] a = new double[unknowns];
    double[] c = new double[unknowns];
    for (Tensor tensor : graph.tensors()) {
      Gauge gauge = gauges.of(tensor);
      System.arraycopy(gauge.scale(), 0, a, at(tensor, 0), tensor.channels());
      System.arraycopy(gauge.shift(), 0, c, at(tensor, 0), tensor.channels());
    }
    double worst = 0;
    for (Tie tie : ties) {
      worst = Math.max(worst, Math.abs(a[tie.x] - tie.factor * (tie.y < 0 ? 1 : a[tie.y])));
    }
    for (Shift shift : shifts) {
      double sum = -shift.rhs * a[shift.reference];
      for (int i = 0; i < c.length; i++) {
        sum += shift.k[i] * c[i];
      }
      worst = Math.max(worst, Math.abs(sum));
    }
    for (int x : positive) {
      worst = a[x] > 0 ? worst : Double.POSITIVE_INFINITY;
    }
    return worst;
  }

  private int at(Tensor tensor, int channel) {
    return firstChannel[tensor.id()] + channel;
  }

  // ---- the table ----

  private void state(Operator operator) {
    if (operator instanceof Wall || operator instanceof Clip) {
      operator.inputs().forEach(this::fixed);
      operator.outputs().forEach(this::fixed);
    } else if (operator instanceof Linear linear) {
      if (linear.border() != Linear.Border.NONE) {
        noShift(linear.input());
      }
      if (!linear.bias().isFree()) {
        noShift(linear.input());
        noShift(linear.output());
      }
      for (int i = 0; linear.bias() == Linear.BiasSlot.NUMBER && i < 2; i++) {
        ties.add(new Tie(at(linear.output(), i), 1, -1));
      }
    } else if (operator instanceof Removable affine) {
      stateAffine(affine);
    } else if (operator instanceof ConstantField field) {
      sameScale(field.input(), field.output());
    } else if (operator instanceof Combination sum) {
      stateCombination(sum);
    } else if (operator instanceof Concatenation concat) {
      int from = 0;
      for (Tensor input : concat.inputs()) {
        for (int i = 0; i < input.channels(); i++) {
          same(at(input, i), at(concat.output(), from++));
        }
      }
    } else if (operator instanceof ChannelMap map) {
      for (int i = 0; i < map.source().length; i++) {
        if (map.source()[i] == ChannelMap.ZERO) {
          shifts.add(shift(0, 0, at(map.output(), i)));
        } else {
          same(at(map.output(), i), at(map.input(), map.source()[i]));
        }
      }
    } else if (operator instanceof Carrier carrier) {
      same(carrier.input(), carrier.output());
    } else if (operator instanceof Product product) {
      fixed(product.gate());
      sameScale(product.input(), product.output());
      noShift(product.input());
      noShift(product.output());
    } else if (operator instanceof Rectifier || operator instanceof ZeroPadding) {
      Tensor x = operator.inputs().get(0);
      Tensor y = operator.outputs().get(0);
      sameScale(x, y);
      noShift(x);
      noShift(y);
      if (operator instanceof Rectifier) {
        positive(x);
      }
    } else if (operator instanceof MaxPool pool) {
      same(pool.input(), pool.output());
      positive(pool.input());
    } else {
      throw new IllegalArgumentException("No row of the table for " + operator);
    }
  }

  private void stateAffine(Removable affine) {
    if (!removed.contains(affine)) {
      if (affine instanceof ConstantAdd) {
        sameScale(affine.input(), affine.output());
      }
      if (arithmeticHolds && affine.freedom() == Freedom.SCALE) {
        noShift(affine.input());
        noShift(affine.output());
      } else if (arithmeticHolds && affine.freedom() == Freedom.NONE) {
        stateNumber(affine);
      }
      return;
    }
    for (int i = 0; i < affine.scale().length; i++) {
      int in = at(affine.input(), i);
      int out = at(affine.output(), i);
      double s = affine.scale()[i];
      double t = affine.shift()[i];
      double constant = zeros.constant(affine, i);
      Written written = written(affine, i);
      if (written == Written.ANY) {
        // Operators before it write the constant, whatever the gauges are.
        continue;
      }
      if (s == 0 || constants.contains(new Channel(affine, i))) {
        stateConstant(affine, i, constant, written);
      } else {
        ties.add(new Tie(in, s, out));
        shifts.add(shift(t, out, in, -1, out));
      }
    }
  }

  /** Which constant the input can be made in the place of the output. */
  private Written written(Removable affine, int channel) {
    boolean known = !Double.isNaN(zeros.constant(affine, channel));
    Written written = known ? zeros.written(affine.input(), removed) : Written.NOTHING;
    return arithmeticHolds || written == Written.NOTHING ? written : Written.ANY;
  }

  private void stateConstant(Removable affine, int channel, double value, Written written) {
    int out = at(affine.output(), channel);
    if (written == Written.ZERO) {
      shifts.add(shift(-value, out, out));
    } else {
      // Only linear readers can take over the constant.
      impossible |= !zeros.readByLinear(affine.output());
      stateConstant(affine.output(), channel, value);
    }
  }

  /** s·(a·x + c) + t is a·(s·x + t) + s·c if a = 1 or t = 0. */
  private void stateNumber(Removable affine) {
    for (int i = 0; i < affine.scale().length; i++) {
      int in = at(affine.input(), i);
      int out = at(affine.output(), i);
      ties.add(new Tie(in, 1, out));
      shifts.add(shift(0, 0, out, -affine.scale()[i], in));
      if (affine.shift()[i] != 0) {
        ties.add(new Tie(out, 1, -1));
      }
    }
  }

  /** A channel whose readers see a constant as a shift that they take out again. */
  private void stateConstant(Tensor tensor, int channel, double value) {
    shifts.add(shift(-value, at(tensor, channel), at(tensor, channel)));
    for (Operator reader : graph.readers(tensor)) {
      if (reader instanceof Removable affine
          && (removed.contains(affine) || affine instanceof ConstantAdd)
          && affine.scale()[channel] != 0) {
        stateConstant(
            affine.output(), channel, affine.scale()[channel] * value + affine.shift()[channel]);
      }
    }
  }

  private void stateCombination(Combination sum) {
    for (int i = 0; i < sum.output().channels(); i++) {
      double[] k = new double[unknowns];
      k[at(sum.output(), i)] -= 1;
      for (int j = 0; j < sum.inputs().size(); j++) {
        int x = at(sum.inputs().get(j), i);
        ties.add(new Tie(x, 1, at(sum.output(), i)));
        k[x] += sum.coefficients().get(j);
      }
      shifts.add(new Shift(k, 0, 0));
    }
  }

  private void fixed(Tensor x) {
    for (int i = 0; i < x.channels(); i++) {
      ties.add(new Tie(at(x, i), 1, -1));
    }
    noShift(x);
  }

  private void noShift(Tensor x) {
    for (int i = 0; i < x.channels(); i++) {
      shifts.add(shift(0, 0, at(x, i)));
    }
  }

  private void positive(Tensor x) {
    for (int i = 0; i < x.channels(); i++) {
      positive.add(at(x, i));
    }
  }

  private void sameScale(Tensor x, Tensor y) {
    for (int i = 0; i < x.channels(); i++) {
      ties.add(new Tie(at(x, i), 1, at(y, i)));
    }
  }

  private void same(Tensor x, Tensor y) {
    for (int i = 0; i < x.channels(); i++) {
      same(at(x, i), at(y, i));
    }
  }

  private void same(int x, int y) {
    ties.add(new Tie(x, 1, y));
    shifts.add(shift(0, 0, x, -1, y));
  }

  /** c_x + k_1·c_1 + … = rhs·a_reference; the rest are pairs of k and an index. */
  private Shift shift(double rhs, int reference, int x, double... rest) {
    double[] k = new double[unknowns];
    k[x] = 1;
    for (int i = 0; i < rest.length; i += 2) {
      k[(int) rest[i + 1]] += rest[i];
    }
    return new Shift(k, rhs, reference);
  }

  // ---- the decision ----

  /**
   * One solution for the scales: a class that is not tied to 1 may be multiplied by any number, and
   * shifts follow it, so one choice decides. Null if there is none.
   */
  private double[] scales() {
    double[] a = new double[unknowns];
    int[] component = new int[unknowns];
    int components = 0;
    for (Tie tie : ties) {
      if (tie.y < 0 && a[tie.x] == 0) {
        a[tie.x] = tie.factor;
      }
    }
    spread(a, component, components);
    for (int x = 0; x < unknowns; x++) {
      if (a[x] == 0) {
        a[x] = 1;
        component[x] = ++components;
        spread(a, component, components);
      }
    }
    for (Tie tie : ties) {
      double wanted = tie.factor * (tie.y < 0 ? 1 : a[tie.y]);
      if (Math.abs(a[tie.x] - wanted) > 1e-9 * Math.abs(wanted)) {
        return null;
      }
    }
    double[] flip = new double[components + 1];
    flip[0] = 1;
    for (int x : positive) {
      flip[component[x]] = flip[component[x]] == 0 ? Math.signum(a[x]) : flip[component[x]];
      if (flip[component[x]] != Math.signum(a[x])) {
        return null;
      }
    }
    return a;
  }

  private void spread(double[] a, int[] component, int present) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Tie tie : ties) {
        if (tie.y >= 0 && a[tie.x] == 0 && a[tie.y] != 0) {
          a[tie.x] = tie.factor * a[tie.y];
          component[tie.x] = present;
          changed = true;
        } else if (tie.y >= 0 && a[tie.x] != 0 && a[tie.y] == 0) {
          a[tie.y] = a[tie.x] / tie.factor;
          component[tie.y] = present;
          changed = true;
        }
      }
    }
  }

  private boolean shiftsAreConsistent(double[] a) {
    double[][] rows = new double[shifts.size()][unknowns + 1];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(shifts.get(r).k, 0, rows[r], 0, unknowns);
      rows[r][unknowns] = shifts.get(r).rhs * a[shifts.get(r).reference];
    }
    return Elimination.hasSolution(rows);
  }
}
