package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Operator;
import java.util.List;
import java.util.Locale;

/**
 * One demand of one operator on single channels: a scalar equation or inequality. A set of them is
 * checkable by hand; {@link ScalarSystem} checks it by program.
 */
public sealed interface Constraint {
  /** The operator that makes the demand. */
  Operator operator();

  /** The channels it speaks of. */
  List<Channel> channels();

  /** One channel of one tensor. */
  record Channel(int tensorId, String tensor, int index) {
    @Override
    public String toString() {
      return tensor + "[" + index + "]";
    }
  }

  /** a_x = factor·a_y. */
  record ScaleRatio(Operator operator, Channel x, double factor, Channel y) implements Constraint {
    @Override
    public List<Channel> channels() {
      return List.of(x, y);
    }

    @Override
    public String toString() {
      return factor == 1
          ? String.format(Locale.ROOT, "scale of %s = scale of %s", x, y)
          : String.format(Locale.ROOT, "scale of %s = %.6g × scale of %s", x, factor, y);
    }
  }

  /** a_x = 1. */
  record UnitScale(Operator operator, Channel x) implements Constraint {
    @Override
    public List<Channel> channels() {
      return List.of(x);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "scale of %s = 1", x);
    }
  }

  /** a_x &gt; 0. */
  record PositiveScale(Operator operator, Channel x) implements Constraint {
    @Override
    public List<Channel> channels() {
      return List.of(x);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "scale of %s > 0", x);
    }
  }

  /** Σ_j k_j·c_j = rhs·a_reference. */
  record ShiftEquation(
      Operator operator,
      List<Channel> channels,
      List<Double> coefficients,
      double rhs,
      Channel reference)
      implements Constraint {
    public ShiftEquation {
      channels = List.copyOf(channels);
      coefficients = List.copyOf(coefficients);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < channels.size(); j++) {
        double k = coefficients.get(j);
        text.append(j == 0 ? (k < 0 ? "−" : "") : (k < 0 ? " − " : " + "));
        if (Math.abs(k) != 1) {
          text.append(String.format(Locale.ROOT, "%.6g × ", Math.abs(k)));
        }
        text.append("shift of ").append(channels.get(j));
      }
      text.append(" = ");
      return rhs == 0
          ? text.append("0").toString()
          : text.append(String.format(Locale.ROOT, "%.6g × scale of %s", rhs, reference))
              .toString();
    }
  }
}
