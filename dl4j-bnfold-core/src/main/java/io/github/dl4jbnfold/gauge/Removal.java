package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantTable;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Demands.Term;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Slice;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the removal of an affine operator y = s·x + t demands: a_in = s·a_out and c_in = t·a_out +
 * c_out. Theory, section 1; channels with s = 0: section 6.
 *
 * <p>A channel with s = 0 is the constant t. It goes backward into a linear producer of its own
 * (its weights become 0, its bias t) or a table of its own (a column of t), or forward into readers
 * that are all linear (their weights for it become 0, their bias takes t) or clamps (both bounds
 * become the constant); none divides by s.
 */
public final class Removal {
  private final Removable operator;

  /** The constants that the input is in some channels; NaN in the others. */
  private final double[] known;

  private final double[] scale;
  private final double[] shift;
  private final boolean absorbedByProducer;
  private final Readers readers;

  private Removal(
      Removable operator,
      double[] known,
      double[] scale,
      double[] shift,
      boolean absorbedByProducer,
      Readers readers) {
    this.operator = operator;
    this.known = known;
    this.scale = scale;
    this.shift = shift;
    this.absorbedByProducer = absorbedByProducer;
    this.readers = readers;
  }

  /**
   * The ways to remove an operator, the usual one first. Where its input is constant because a
   * scale before it is 0, it may also be seen as a constant itself: in all such channels, which is
   * the other way here, or in some, by {@link #asConstant}.
   *
   * @param constants the channels that are constant in every run
   * @param repairs whether readers may be replaced by clamps
   */
  public static List<Removal> of(
      Graph graph, Removable operator, ConstantChannels constants, boolean repairs) {
    double[] scale = operator.scale();
    double[] known = new double[scale.length];
    Arrays.setAll(known, i -> constants.at(operator.input(), i));
    boolean isAnyConstant =
        Arrays.stream(scale).anyMatch(s -> s == 0)
            || Arrays.stream(known).anyMatch(value -> !Double.isNaN(value));
    boolean absorbed = isAnyConstant && isAbsorbedBefore(graph, operator.input());
    Readers readers = Readers.of(graph, operator.output(), repairs);
    Removal usual = new Removal(operator, known, scale, operator.shift(), absorbed, readers);
    int[] open = IntStream.range(0, known.length).filter(usual::isOpen).toArray();
    return open.length == 0 ? List.of(usual) : List.of(usual, usual.asConstants(open));
  }

  /**
   * The removal that sees one more channel as a constant; empty if it is none, or is seen as one.
   */
  public Optional<Removal> asConstant(int channel) {
    return isOpen(channel) && scale[channel] != 0
        ? Optional.of(asConstants(channel))
        : Optional.empty();
  }

  private Removal asConstants(int... channels) {
    double[] s = scale.clone();
    double[] t = shift.clone();
    for (int i : channels) {
      t[i] += s[i] * known[i];
      s[i] = 0;
    }
    return new Removal(operator, known, s, t, absorbedByProducer, readers);
  }

  /** Whether a channel may go in two ways: its input is a constant, and its scale is not 0. */
  public boolean isOpen(int channel) {
    return operator.scale()[channel] != 0 && !Double.isNaN(known[channel]);
  }

  /** How many channels may go in two ways, each for itself. */
  public long openChannels() {
    return IntStream.range(0, known.length).filter(this::isOpen).count();
  }

  /**
   * Up to a linear operator or a table, nothing else reads; affine operators between may go or
   * stay.
   */
  private static boolean isAbsorbedBefore(Graph graph, Tensor tensor) {
    Deque<Tensor> pending = new ArrayDeque<>(List.of(tensor));
    while (!pending.isEmpty()) {
      Tensor at = pending.pop();
      Operator producer = graph.producer(at);
      if (graph.readers(at).size() != 1) {
        return false;
      }
      if (producer instanceof Removable || producer instanceof Combination) {
        pending.addAll(producer.inputs());
      } else if (!(producer instanceof Linear || producer instanceof ConstantTable)) {
        return false;
      }
    }
    return true;
  }

  /**
   * An affine operator behind a tensor: its output is scale·tensor + shift.
   *
   * @param before the affine operator that it reads; null if it reads the tensor
   */
  private record Behind(
      Removable operator, double[] scale, double[] shift, @Nullable Behind before) {
    Behind then(Removable next) {
      double[] s = scale.clone();
      double[] t = shift.clone();
      for (int i = 0; i < s.length; i++) {
        s[i] *= next.scale()[i];
        t[i] = t[i] * next.scale()[i] + next.shift()[i];
      }
      return new Behind(next, s, t, this);
    }

    static Behind first(Removable next) {
      return new Behind(next, next.scale(), next.shift(), null);
    }

    /** The operators between that end a constant where they stay; an addition does not. */
    Set<Removable> absorbers() {
      Set<Removable> between = new LinkedHashSet<>();
      for (Behind at = before; at != null; at = at.before) {
        if (!(at.operator instanceof ConstantAdd)) {
          between.add(at.operator);
        }
      }
      return between;
    }
  }

  /** What reads a tensor, behind affine operators that may go or stay. */
  private record Readers(
      boolean linear, boolean others, List<Repairable> clamps, List<Behind> additions) {
    static Readers of(Graph graph, Tensor tensor, boolean repairs) {
      boolean linear = false;
      boolean others = false;
      List<Repairable> clamps = new ArrayList<>();
      List<Behind> additions = new ArrayList<>();
      Deque<Behind> pending = new ArrayDeque<>();
      List<Operator> next = graph.readers(tensor);
      @Nullable Behind at = null;
      while (true) {
        for (Operator reader : next) {
          if (reader instanceof Removable affine) {
            pending.push(at == null ? Behind.first(affine) : at.then(affine));
          } else if (reader instanceof Linear) {
            linear = true;
          } else if (repairs && reader instanceof Repairable activation && isClamp(activation)) {
            clamps.add(activation);
          } else {
            others = true;
          }
        }
        if (pending.isEmpty()) {
          return new Readers(linear, others, clamps, additions);
        }
        at = pending.pop();
        if (at.operator instanceof ConstantAdd) {
          additions.add(at);
        }
        next = graph.readers(at.operator.output());
      }
    }
  }

  private static boolean isClamp(Repairable operator) {
    return operator.repair() == Repairable.Repair.CLAMP && operator.isRepairable();
  }

  /** The activations that must become clamps because they read a channel with s = 0. */
  public List<Repairable> forcedClamps() {
    boolean forward = !absorbedByProducer && Arrays.stream(scale).anyMatch(s -> s == 0);
    return forward ? readers.clamps : List.of();
  }

  /** Whether the operator is seen as a constant in some channel. */
  public boolean hasConstantChannel() {
    return Arrays.stream(scale).anyMatch(s -> s == 0);
  }

  /** The first channel with s = 0 that has nowhere to go; empty if there is none. */
  public OptionalInt stuckChannel() {
    for (int i = 0; i < scale.length && !absorbedByProducer && readers.others; i++) {
      if (scale[i] == 0) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Completes a solution where s = 0 behind a sum: its first addend becomes all that the sum is to
   * be, the others become 0.
   */
  public static void pullZeros(Combination sum, Gauges gauges) {
    Gauge out = gauges.of(sum.output());
    for (int i = 0; i < out.channels(); i++) {
      for (int j = 0; out.scale()[i] == 0 && j < sum.inputs().size(); j++) {
        Gauge in = gauges.of(sum.inputs().get(j));
        in.scale()[i] = 0;
        in.shift()[i] = j == 0 ? out.shift()[i] / sum.coefficients().get(0) : 0;
      }
    }
  }

  /** States the demands of the removal, whatever else goes or stays. */
  public void demand(Demands demands) {
    int start = 0;
    while (start < scale.length) {
      int end = start + 1;
      while (end < scale.length && (scale[end] == 0) == (scale[start] == 0)) {
        end++;
      }
      demand(demands, start, end - start);
      start = end;
    }
  }

  private void demand(Demands demands, int start, int length) {
    Slice in = operator.input().slice(start, length);
    Slice out = operator.output().slice(start, length);
    double[] s = Arrays.copyOfRange(scale, start, start + length);
    double[] t = Arrays.copyOfRange(shift, start, start + length);
    if (s[0] != 0) {
      demands.scaleRatio(in, s, out);
      demands.shiftEquation(List.of(new Term(1, in), new Term(-1, out)), t, out);
      return;
    }
    demands.separate(in);
    demands.separate(out);
    for (int i = start; i < start + length; i++) {
      if (isOpen(i)) {
        demands.separate(operator.input().slice(i, 1));
        demands.separate(operator.output().slice(i, 1));
      }
    }
    if (goesForward()) {
      // Linear readers see the constant t as a shift of −t that they take out again.
      demands.shiftEquation(List.of(new Term(-1, out)), t, out);
    }
  }

  private boolean goesForward() {
    return !absorbedByProducer && readers.linear;
  }

  /**
   * A demand that holds where some operators are gone together.
   *
   * @param gone this removal's operator among them
   */
  public record Joint(Set<Removable> gone, Consumer<Demands> demand) {}

  /**
   * What the removal demands behind other operators. Through what is removed the equations carry a
   * constant; an addition that stays would absorb it, so the demand is made once more behind it, if
   * nothing that absorbs the constant stays between.
   */
  public List<Joint> behind() {
    if (!goesForward() || Arrays.stream(scale).noneMatch(s -> s == 0)) {
      return List.of();
    }
    List<Joint> joints = new ArrayList<>();
    for (Behind addition : readers.additions) {
      Set<Removable> gone = addition.absorbers();
      gone.add(operator);
      joints.add(new Joint(gone, demands -> demandBehind(demands, addition)));
    }
    return joints;
  }

  /** Behind another scale of 0 the constant is another one, and the concern of that operator. */
  private void demandBehind(Demands demands, Behind addition) {
    for (int i = 0; i < scale.length; i++) {
      if (scale[i] == 0 && addition.scale[i] != 0) {
        Slice channel = addition.operator.output().slice(i, 1);
        double[] value = {addition.scale[i] * shift[i] + addition.shift[i]};
        demands.shiftEquation(List.of(new Term(-1, channel)), value, channel);
      }
    }
  }

  /**
   * Completes a solution where s = 0, in graph order: constants go forward through what is removed
   * and through additions that stay; any other operator that stays absorbs them.
   */
  public void pushConstants(Gauges gauges, boolean removed) {
    if (!removed && !(operator instanceof ConstantAdd)) {
      return;
    }
    Gauge in = gauges.of(operator.input());
    Gauge out = gauges.of(operator.output());
    double[] constant = new double[out.channels()];
    boolean any = false;
    for (int i = 0; i < constant.length; i++) {
      boolean own = removed && scale[i] == 0 && !absorbedByProducer;
      constant[i] =
          own ? shift[i] : in.isConstant(i) ? scale[i] * in.constantAt(i) + shift[i] : Double.NaN;
      any |= !Double.isNaN(constant[i]);
    }
    if (any) {
      gauges.replace(operator.output(), new Gauge(out.scale(), out.shift(), constant));
    }
  }

  /**
   * Completes a solution where s = 0, against graph order: zeros go backward to the producer,
   * through what is removed and through additions that stay.
   */
  public void pullZeros(Gauges gauges, boolean removed) {
    if (!removed && !(operator instanceof ConstantAdd)) {
      return;
    }
    Gauge in = gauges.of(operator.input());
    Gauge out = gauges.of(operator.output());
    for (int i = 0; i < in.channels(); i++) {
      boolean own = removed && scale[i] == 0 && absorbedByProducer;
      if (own || out.scale()[i] == 0) {
        in.scale()[i] = 0;
        in.shift()[i] = removed ? shift[i] * out.scale()[i] + out.shift()[i] : 0;
      }
    }
  }
}
