package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Removable;

/**
 * The affine map y = s·x + t of an operator that stays, under gauges: s̃ = a_out·s/a_in and t̃ =
 * a_out·t + c_out − s̃·c_in. Theory, section 1.
 *
 * @param scale s̃, one number per channel
 * @param shift t̃, one number per channel
 */
public record AffineRewrite(double[] scale, double[] shift) {

  public static AffineRewrite of(Removable affine, Gauge input, Gauge output) {
    double[] inverse = input.inverseScale();
    double[] relative = input.relativeShift();
    double[] scale = new double[inverse.length];
    double[] shift = new double[inverse.length];
    for (int i = 0; i < scale.length; i++) {
      double s = affine.scale()[i];
      double t = affine.shift()[i];
      scale[i] = output.scale()[i] * s * inverse[i];
      shift[i] = output.scale()[i] * (t - s * relative[i]) + output.shift()[i];
    }
    return new AffineRewrite(scale, shift);
  }
}
