package io.github.dl4jbnfold.gauge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a tensor v is carried by the rewritten network: as scale·v + shift, channel by channel.
 * Theory, section 1.
 *
 * @param scale a, one number per channel; 0 only where nothing needs the original value
 * @param shift c, one number per channel
 * @param constant where not null and not NaN: the original channel is this constant, and what the
 *     rewritten network carries in its place is not to be read
 */
public record Gauge(double[] scale, double[] shift, double @Nullable [] constant) {

  /** The gauge of a tensor that stays what it is. */
  public static Gauge identity(int channels) {
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return new Gauge(ones, new double[channels], null);
  }

  public int channels() {
    return scale.length;
  }

  /** The constant that the original channel is; NaN if it is none. */
  public double constantAt(int channel) {
    return constant == null ? Double.NaN : constant[channel];
  }

  /** Whether the tensor stays what it is. */
  public boolean isIdentity() {
    return constant == null
        && Arrays.stream(scale).allMatch(a -> a == 1)
        && Arrays.stream(shift).allMatch(c -> c == 0);
  }

  /** 1/a per channel, 0 where the channel is not to be read or a is 0. */
  public double[] inverseScale() {
    double[] inverse = new double[channels()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = isConstant(i) || scale[i] == 0 ? 0 : 1 / scale[i];
    }
    return inverse;
  }

  /**
   * c/a per channel: the number that was added to the original value before scaling; 0 if a = 0.
   */
  public double[] relativeShift() {
    double[] relative = new double[channels()];
    for (int i = 0; i < relative.length; i++) {
      relative[i] = isConstant(i) ? -constantAt(i) : scale[i] == 0 ? 0 : shift[i] / scale[i];
    }
    return relative;
  }

  /** Whether the original channel is a constant, which the rewritten network does not carry. */
  public boolean isConstant(int channel) {
    return constant != null && !Double.isNaN(constant[channel]);
  }
}
