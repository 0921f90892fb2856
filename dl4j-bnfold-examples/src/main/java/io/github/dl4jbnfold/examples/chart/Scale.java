package io.github.dl4jbnfold.examples.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis whose ends and ticks are round numbers.
 *
 * @param low the number at its beginning
 * @param step from tick to tick
 */
record Scale(double low, double high, double step) {
  private static final int TICKS = 6;

  /** An axis on which all of these numbers are. */
  static Scale of(double least, double most) {
    double low = Double.isFinite(least) ? least : 0;
    double high = Double.isFinite(most) ? most : 1;
    if (high <= low) {
      double around = Math.max(Math.abs(low) * 0.1, 0.5);
      low -= around;
      high += around;
    }
    double raw = (high - low) / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double lead = raw / power;
    double step = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    return new Scale(
        Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step);
  }

  /** From 0 at the beginning to 1 at the end. */
  double at(double value) {
    return (value - low) / (high - low);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; low + i * step <= high + step / 2; i++) {
      ticks.add(low + i * step);
    }
    return ticks;
  }

  String label(double tick) {
    int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    double most = Math.max(Math.abs(low), Math.abs(high));
    return digits > 4 || most >= 1e6
        ? String.format(Locale.ROOT, "%.1e", tick)
        : String.format(Locale.ROOT, "%." + digits + "f", tick + 0.0);
  }
}
