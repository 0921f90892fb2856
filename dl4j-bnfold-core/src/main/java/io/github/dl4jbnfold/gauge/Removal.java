package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Demands.Term;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Slice;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the removal of an affine operator y = s·x + t demands: a_in = s·a_out and c_in = t·a_out +
 * c_out. Theory, section 1; channels with s = 0: section 6.
 *
 * <p>A channel with s = 0 is the constant t. It goes backward into a linear producer of its own
 * (its weights become 0, its bias t), or forward into readers that are all linear (their weights
 * for it become 0, their bias takes t); neither divides by s.
 */
public final class Removal {
  private final Removable operator;
  private final boolean absorbedByProducer;
  private final boolean absorbedByReaders;

  public Removal(Graph graph, Removable operator) {
    this.operator = operator;
    this.absorbedByProducer = isAbsorbedBefore(graph, operator.input());
    this.absorbedByReaders = isAbsorbedBehind(graph, operator.output());
  }

  /** Up to a linear operator, nothing else reads; affine operators between may go or stay. */
  private static boolean isAbsorbedBefore(Graph graph, Tensor tensor) {
    Tensor at = tensor;
    while (graph.readers(at).size() == 1) {
      Operator producer = graph.producer(at);
      if (!(producer instanceof Removable affine)) {
        return producer instanceof Linear;
      }
      at = affine.input();
    }
    return false;
  }

  /** All readers are linear; affine operators between may go or stay. */
  private static boolean isAbsorbedBehind(Graph graph, Tensor tensor) {
    Deque<Tensor> pending = new ArrayDeque<>(List.of(tensor));
    while (!pending.isEmpty()) {
      for (Operator reader : graph.readers(pending.pop())) {
        if (reader instanceof Removable affine) {
          pending.push(affine.output());
        } else if (!(reader instanceof Linear)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The first channel with s = 0 that has nowhere to go; empty if there is none. */
  public OptionalInt stuckChannel() {
    double[] s = operator.scale();
    for (int i = 0; i < s.length && !absorbedByProducer && !absorbedByReaders; i++) {
      if (s[i] == 0) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** States the demands of the removal. */
  public void demand(Demands demands) {
    double[] s = operator.scale();
    int start = 0;
    while (start < s.length) {
      int end = start + 1;
      while (end < s.length && (s[end] == 0) == (s[start] == 0)) {
        end++;
      }
      demand(demands, start, end - start);
      start = end;
    }
  }

  private void demand(Demands demands, int start, int length) {
    Slice in = operator.input().slice(start, length);
    Slice out = operator.output().slice(start, length);
    double[] s = Arrays.copyOfRange(operator.scale(), start, start + length);
    double[] t = Arrays.copyOfRange(operator.shift(), start, start + length);
    if (s[0] != 0) {
      demands.scaleRatio(in, s, out);
      demands.shiftEquation(List.of(new Term(1, in), new Term(-1, out)), t, out);
    } else {
      demands.separate(in);
      demands.separate(out);
      if (!absorbedByProducer) {
        // The readers see the constant t as a shift of −t that they take out again.
        demands.shiftEquation(List.of(new Term(-1, out)), t, out);
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
      double s = operator.scale()[i];
      double t = operator.shift()[i];
      boolean own = removed && s == 0 && !absorbedByProducer;
      constant[i] = own ? t : in.isConstant(i) ? s * in.constantAt(i) + t : Double.NaN;
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
      boolean own = removed && operator.scale()[i] == 0 && absorbedByProducer;
      if (own || out.scale()[i] == 0) {
        double t = operator.shift()[i];
        in.scale()[i] = 0;
        in.shift()[i] = removed ? t * out.scale()[i] + out.shift()[i] : 0;
      }
    }
  }
}
