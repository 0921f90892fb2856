package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Repairable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An element-wise piecewise-linear activation f in gauges, ṽ = c + a·f((x̃ − c)/a) with one a and
 * one c per channel, as bounds: ṽ = min(max(x̃, lower), upper). Theory, section 3.
 *
 * @param lower null where nothing is bounded from below
 * @param upper null where nothing is bounded from above
 */
public record Clamp(@Nullable Bound lower, @Nullable Bound upper) {

  /**
   * slope·x̃ + offset, one number per channel each.
   *
   * @param slope null for a bound that does not depend on x̃
   */
  public record Bound(double @Nullable [] slope, double[] offset) {
    static @Nullable Bound of(double[] slope, double[] offset) {
      if (Arrays.stream(offset).allMatch(Double::isInfinite)) {
        return null;
      }
      return new Bound(Arrays.stream(slope).allMatch(s -> s == 0) ? null : slope, offset);
    }

    private Bound followedBy(double bound) {
      double[] longer = Arrays.copyOf(offset, offset.length + 1);
      longer[offset.length] = bound;
      return new Bound(slope == null ? null : Arrays.copyOf(slope, slope.length + 1), longer);
    }
  }

  /** The same clamp with one more channel, which it lets pass. */
  public Clamp withFreeChannel() {
    return new Clamp(
        lower == null ? null : lower.followedBy(Double.NEGATIVE_INFINITY),
        upper == null ? null : upper.followedBy(Double.POSITIVE_INFINITY));
  }

  /** The clamp that an activation becomes. */
  public static Clamp of(Repairable activation, Gauge in, Gauge out) {
    return activation instanceof Clip clip
        ? of(clip, in, out)
        : activation instanceof io.github.dl4jbnfold.graph.Bound bound
            ? of(bound, in, out)
            : of((Rectifier) activation, in, out);
  }

  private static Clamp of(io.github.dl4jbnfold.graph.Bound bound, Gauge in, Gauge out) {
    Builder builder = new Builder(out);
    for (int i = 0; i < out.channels(); i++) {
      double carried = out.shift()[i] + out.scale()[i] * bound.bound()[i];
      if (bound.isLower() == (out.scale()[i] > 0)) {
        builder.atLeast(i, 0, carried);
      } else {
        builder.atMost(i, 0, carried);
      }
      if (in.isConstant(i)) {
        builder.constant(i, bound.apply(i, in.constantAt(i)));
      }
    }
    return builder.build();
  }

  private static Clamp of(Clip clip, Gauge in, Gauge out) {
    Builder builder = new Builder(out);
    for (int i = 0; i < out.channels(); i++) {
      double first = out.shift()[i] + out.scale()[i] * clip.lower();
      double second = out.shift()[i] + out.scale()[i] * clip.upper();
      builder.atLeast(i, 0, Math.min(first, second));
      builder.atMost(i, 0, Math.max(first, second));
      if (in.isConstant(i)) {
        builder.constant(i, clip.apply(in.constantAt(i)));
      }
    }
    return builder.build();
  }

  /**
   * max(u, α·u) is the rectifier for α ≤ 1, min(u, α·u) for α &gt; 1; a negative scale exchanges
   * them.
   */
  private static Clamp of(Rectifier rectifier, Gauge in, Gauge out) {
    double[] slopes = Objects.requireNonNull(rectifier.slopes());
    Builder builder = new Builder(out);
    for (int i = 0; i < out.channels(); i++) {
      double offset = (1 - slopes[i]) * out.shift()[i];
      if ((out.scale()[i] > 0) == (slopes[i] <= 1)) {
        builder.atLeast(i, slopes[i], offset);
      } else {
        builder.atMost(i, slopes[i], offset);
      }
      if (in.isConstant(i)) {
        builder.constant(i, rectifier.apply(i, in.constantAt(i)));
      }
    }
    return builder.build();
  }

  /** Collects the bounds channel by channel; no bound is an infinite one. */
  private static final class Builder {
    private final Gauge out;
    private final double[] lowerSlope;
    private final double[] lower;
    private final double[] upperSlope;
    private final double[] upper;

    Builder(Gauge out) {
      this.out = out;
      lowerSlope = new double[out.channels()];
      lower = new double[out.channels()];
      upperSlope = new double[out.channels()];
      upper = new double[out.channels()];
      Arrays.fill(lower, Double.NEGATIVE_INFINITY);
      Arrays.fill(upper, Double.POSITIVE_INFINITY);
    }

    void atLeast(int channel, double slope, double offset) {
      lowerSlope[channel] = slope;
      lower[channel] = offset;
    }

    void atMost(int channel, double slope, double offset) {
      upperSlope[channel] = slope;
      upper[channel] = offset;
    }

    /** A channel that shows a constant, whatever the input. */
    void constant(int channel, double value) {
      double carried = out.shift()[channel] + out.scale()[channel] * value;
      atLeast(channel, 0, carried);
      atMost(channel, 0, carried);
    }

    Clamp build() {
      return new Clamp(Bound.of(lowerSlope, lower), Bound.of(upperSlope, upper));
    }
  }
}
