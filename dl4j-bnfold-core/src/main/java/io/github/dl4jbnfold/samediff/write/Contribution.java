package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;

/**
 * What a convolution takes over from a batch normalization beside it, in gauges: weights +=
 * k·a_y·s/a_x at the identity tap and bias += k·(a_y·t + c_y − a_y·s·c_x/a_x). Theory, section 5.
 *
 * @param weights one number per channel
 * @param bias one number per channel
 */
record Contribution(double[] weights, double[] bias) {

  static Contribution of(BatchNorm norm, double factor, Gauge x, Gauge y) {
    double[] inverse = x.inverseScale();
    double[] relative = x.relativeShift();
    double[] weights = new double[inverse.length];
    double[] bias = new double[inverse.length];
    for (int i = 0; i < weights.length; i++) {
      double s = norm.scale()[i];
      weights[i] = factor * y.scale()[i] * s * inverse[i];
      bias[i] = factor * (y.scale()[i] * (norm.shift()[i] - s * relative[i]) + y.shift()[i]);
    }
    return new Contribution(weights, bias);
  }

  Contribution plus(Contribution other) {
    double[] w = weights.clone();
    double[] b = bias.clone();
    for (int i = 0; i < w.length; i++) {
      w[i] += other.weights[i];
      b[i] += other.bias[i];
    }
    return new Contribution(w, b);
  }
}
