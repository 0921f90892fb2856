package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.drawing.Xml;
import java.util.List;
import java.util.Locale;

/** Upright bars on a line. */
public final class Bars {
  private static final double LEAST_WIDTH = 330;
  private static final double PITCH = 54;
  private static final double MOST_WIDTH = 640;
  private static final double HEIGHT = 180;
  private static final double TOP = 24;
  private static final double SIDE = 12;

  /** What a bar with a label of its own is wide at least. */
  private static final double LABEL = 34;

  private Bars() {}

  /**
   * A bar.
   *
   * @param label below it; may be empty
   */
  public record Bar(String label, long value) {}

  /**
   * For a page with {@link ChartStyle#css}: bars whose heights are values, with the values above.
   *
   * @param label what it shows, for those who do not see it
   * @param below what the labels below are
   */
  public static String svg(String label, String below, List<Bar> bars) {
    StringBuilder svg = new StringBuilder();
    double height = TOP + HEIGHT + 44;
    double width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, PITCH * bars.size() + 2 * SIDE));
    add(
        svg,
        "<svg class=\"chart\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %.0f %.0f\""
            + " width=\"%.0f\" height=\"%.0f\">%n",
        Xml.escape(label),
        width,
        height,
        width,
        height);
    long most = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(1));
    double pitch = Math.min(PITCH, (width - 2 * SIDE) / Math.max(1, bars.size()));
    double x = (width - pitch * bars.size()) / 2;
    boolean wide = pitch >= LABEL;
    for (Bar bar : bars) {
      double tall = bar.value() == 0 ? 0 : Math.max(1.5, HEIGHT * bar.value() / most);
      rectangle(svg, bar, x, pitch, tall);
      if (wide && bar.value() > 0) {
        text(
            svg,
            x + pitch / 2,
            TOP + HEIGHT - tall - 5,
            String.format(Locale.ROOT, "%,d", bar.value()));
      }
      if (wide || bars.indexOf(bar) % 2 == 0) {
        text(svg, x + pitch / 2, TOP + HEIGHT + 16, bar.label());
      }
      x += pitch;
    }
    add(svg, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>%n", SIDE, TOP + HEIGHT, width - SIDE);
    text(svg, width / 2, TOP + HEIGHT + 36, below);
    return svg.append("</svg>\n").toString();
  }

  private static void rectangle(StringBuilder svg, Bar bar, double x, double pitch, double tall) {
    add(
        svg,
        "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\""
            + " rx=\"2\"><title>%s: %,d</title></rect>%n",
        x + 1.5,
        TOP + HEIGHT - tall,
        pitch - 3,
        tall,
        Xml.escape(bar.label()),
        bar.value());
  }

  private static void text(StringBuilder svg, double middle, double y, String text) {
    add(
        svg,
        "<text class=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
        middle,
        y,
        Xml.escape(text));
  }

  private static void add(StringBuilder svg, String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values));
  }
}
