package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.HashMap;
import java.util.Map;

/** The channels that are the same number in every run because a scale of 0 lies before them. */
public final class ConstantChannels {
  private final Map<Tensor, double[]> values = new HashMap<>();

  public ConstantChannels(Graph graph) {
    for (Operator operator : graph.operators()) {
      if (operator instanceof Removable affine) {
        follow(affine);
      }
    }
  }

  private void follow(Removable affine) {
    double[] s = affine.scale();
    double[] out = new double[s.length];
    boolean any = false;
    for (int i = 0; i < s.length; i++) {
      out[i] = (s[i] == 0 ? 0 : s[i] * at(affine.input(), i)) + affine.shift()[i];
      any |= !Double.isNaN(out[i]);
    }
    if (any) {
      values.put(affine.output(), out);
    }
  }

  /** The constant that a channel is; NaN if it is none. */
  public double at(Tensor tensor, int channel) {
    double[] known = values.get(tensor);
    return known == null ? Double.NaN : known[channel];
  }
}
