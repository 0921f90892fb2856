package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.BatchNorm;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The table of theory, section 1, once more, as dense equations in the scale a and the shift c of
 * every channel of every tensor. It decides a set of removals by Gaussian elimination, and shares
 * no code with what it checks.
 */
final class BruteForce {
  private final Graph graph;
  private final Set<? extends Removable> removed;
  private final int[] firstChannel;
  private final int unknowns;

  /** a_x = factor·a_y; y = −1 stands for 1. */
  private record Tie(int x, double factor, int y) {}

  /** Σ k·c = rhs·a_reference. */
  private record Shift(double[] k, double rhs, int reference) {}

  private final List<Tie> ties = new ArrayList<>();
  private final List<Shift> shifts = new ArrayList<>();
  private final List<Integer> positive = new ArrayList<>();
  private final boolean arithmeticHolds;
  private boolean impossible;

  private BruteForce(Graph graph, Set<? extends Removable> removed, boolean arithmeticHolds) {
    this.arithmeticHolds = arithmeticHolds;
    this.graph = graph;
    this.removed = removed;
    firstChannel = new int[graph.tensors().size()];
    int count = 0;
    for (Tensor tensor : graph.tensors()) {
      firstChannel[tensor.id()] = count;
      count += tensor.channels();
    }
    unknowns = count;
    graph.operators().forEach(this::state);
  }

  /** Whether these operators can be removed together while all others stay. */
  static boolean feasible(Graph graph, Set<? extends Removable> removed) {
    BruteForce system = new BruteForce(graph, removed, true);
    if (system.impossible) {
      return false;
    }
    double[] scales = system.scales();
    return scales != null && system.shiftsAreConsistent(scales);
  }

  /**
   * Whether these operators can be removed together; all arithmetic may go with them, or stay and
   * hold what its own constants can hold.
   */
  static boolean possible(Graph graph, Set<? extends Removable> removed) {
    List<Removable> more =
        graph.removables().stream()
            .filter(r -> !(r instanceof BatchNorm) && !removed.contains(r))
            .filter(r -> r.freedom() != Freedom.SHIFT)
            .toList();
    for (int bits = 0; bits < 1 << more.size(); bits++) {
      Set<Removable> set = new HashSet<>(removed);
      for (int i = 0; i < more.size(); i++) {
        if ((bits >> i & 1) == 1) {
          set.add(more.get(i));
        }
      }
      if (feasible(graph, set)) {
        return true;
      }
    }
    return false;
  }

  /** The size of a largest set of batch normalizations that can be removed together. */
  static int largest(Graph graph) {
    List<BatchNorm> norms =
        graph.removables().stream()
            .filter(BatchNorm.class::isInstance)
            .map(BatchNorm.class::cast)
            .toList();
    int largest = 0;
    for (int bits = 0; bits < 1 << norms.size(); bits++) {
      if (Integer.bitCount(bits) > largest) {
        Set<BatchNorm> set = new HashSet<>();
        for (int i = 0; i < norms.size(); i++) {
          if ((bits >> i & 1) == 1) {
            set.add(norms.get(i));
          }
        }
        largest = possible(graph, set) ? set.size() : largest;
      }
    }
    return largest;
  }

  /** The largest amount by which the gauges miss an equation of this set of removals. */
  static double violation(Graph graph, Set<? extends Removable> removed, Gauges gauges) {
    BruteForce system = new BruteForce(graph, removed, false);
    double[] a = new double[system.unknowns];
    double[] c = new double[system.unknowns];
    for (Tensor tensor : graph.tensors()) {
      Gauge gauge = gauges.of(tensor);
      System.arraycopy(gauge.scale(), 0, a, system.at(tensor, 0), tensor.channels());
      System.arraycopy(gauge.shift(), 0, c, system.at(tensor, 0), tensor.channels());
    }
    double worst = 0;
    for (Tie tie : system.ties) {
      worst = Math.max(worst, Math.abs(a[tie.x] - tie.factor * (tie.y < 0 ? 1 : a[tie.y])));
    }
    for (Shift shift : system.shifts) {
      double sum = -shift.rhs * a[shift.reference];
      for (int i = 0; i < c.length; i++) {
        sum += shift.k[i] * c[i];
      }
      worst = Math.max(worst, Math.abs(sum));
    }
    for (int x : system.positive) {
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
      if (s != 0) {
        ties.add(new Tie(in, s, out));
        shifts.add(shift(t, out, in, -1, out));
      } else if (!producedForItAlone(affine.input())) {
        // The channel is the constant t, which only linear readers can take over.
        impossible |= !readByLinear(affine.output());
        stateConstant(affine.output(), i, t);
      }
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

  /**
   * Whether a linear operator writes the tensor for one reader, so that it can write a constant
   * instead; affine operators on the way, removed or not, pass it on.
   */
  private boolean producedForItAlone(Tensor tensor) {
    Operator producer = graph.producer(tensor);
    if (graph.readers(tensor).size() > 1) {
      return false;
    }
    return producer instanceof Linear
        || (producer instanceof Removable affine && producedForItAlone(affine.input()));
  }

  /** Whether all readers are linear, so that they can take over a constant in its place. */
  private boolean readByLinear(Tensor tensor) {
    return graph.readers(tensor).stream()
        .allMatch(
            reader ->
                reader instanceof Linear
                    || (reader instanceof Removable affine && readByLinear(affine.output())));
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
    int done = 0;
    for (int column = 0; column < unknowns && done < rows.length; column++) {
      int pivot = done;
      for (int r = done; r < rows.length; r++) {
        pivot = Math.abs(rows[r][column]) > Math.abs(rows[pivot][column]) ? r : pivot;
      }
      if (Math.abs(rows[pivot][column]) > 1e-9) {
        double[] swap = rows[pivot];
        rows[pivot] = rows[done];
        rows[done] = swap;
        for (int r = done + 1; r < rows.length; r++) {
          double factor = rows[r][column] / swap[column];
          for (int i = column; i <= unknowns && factor != 0; i++) {
            rows[r][i] -= factor * swap[i];
          }
        }
        done++;
      }
    }
    for (int r = done; r < rows.length; r++) {
      if (Math.abs(rows[r][unknowns]) > 1e-9) {
        return false;
      }
    }
    return true;
  }
}
