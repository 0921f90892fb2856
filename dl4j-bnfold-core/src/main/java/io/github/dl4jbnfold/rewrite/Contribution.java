package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a convolution takes over from what stands beside it. Theory, section 5.
 *
 * @param diagonal added to the weights from channel i to channel i at the identity tap
 * @param bias added to the bias, one number per channel
 * @param points kernels of one position, in float64, added at the identity tap
 */
public record Contribution(double[] diagonal, double[] bias, List<INDArray> points) {

  /**
   * A batch normalization of the same input, in gauges: weights k·a_y·s/a_x and bias k·(a_y·t + c_y
   * − a_y·s·c_x/a_x).
   */
  public static Contribution of(BatchNorm norm, double factor, Gauge x, Gauge y) {
    double[] inverse = x.inverseScale();
    double[] relative = x.relativeShift();
    double[] weights = new double[inverse.length];
    double[] bias = new double[inverse.length];
    for (int i = 0; i < weights.length; i++) {
      double s = norm.scale()[i];
      weights[i] = factor * y.scale()[i] * s * inverse[i];
      bias[i] = factor * (y.scale()[i] * (norm.shift()[i] - s * relative[i]) + y.shift()[i]);
    }
    return new Contribution(weights, bias, List.of());
  }

  public Contribution plus(Contribution other) {
    List<INDArray> both = new ArrayList<>(points);
    both.addAll(other.points);
    return new Contribution(
        sum(diagonal, other.diagonal), sum(bias, other.bias), List.copyOf(both));
  }

  /** An empty array stands for zeros. */
  private static double[] sum(double[] x, double[] y) {
    double[] sum = x.length == 0 ? new double[y.length] : x.clone();
    for (int i = 0; i < y.length; i++) {
      sum[i] += y[i];
    }
    return sum;
  }
}
