package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Demands.Term;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Slice;
import java.util.Arrays;
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
    this.absorbedByProducer =
        graph.producer(operator.input()) instanceof Linear
            && graph.readers(operator.input()).size() == 1
            && !graph.outputs().contains(operator.input());
    this.absorbedByReaders =
        !graph.outputs().contains(operator.output())
            && graph.readers(operator.output()).stream().allMatch(Linear.class::isInstance);
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

  /** Completes a solution where s = 0: there the gauges are not determined by the demands. */
  public Gauges finish(Gauges gauges) {
    double[] s = operator.scale();
    double[] t = operator.shift();
    if (Arrays.stream(s).noneMatch(x -> x == 0)) {
      return gauges;
    }
    Gauge in = gauges.of(operator.input());
    Gauge out = gauges.of(operator.output());
    double[] constant = new double[s.length];
    Arrays.fill(constant, Double.NaN);
    for (int i = 0; i < s.length; i++) {
      if (s[i] == 0 && absorbedByProducer) {
        in.scale()[i] = 0;
        in.shift()[i] = t[i] * out.scale()[i] + out.shift()[i];
      } else if (s[i] == 0) {
        constant[i] = t[i];
      }
    }
    return absorbedByProducer
        ? gauges
        : gauges.with(operator.output(), new Gauge(out.scale(), out.shift(), constant));
  }
}
