package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.examples.drawing.Xml;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes SVG. */
final class SvgCanvas implements Canvas {
  private final StringBuilder svg = new StringBuilder();

  private void element(String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }

  @Override
  public void grid(double x1, double y1, double x2, double y2) {
    element("<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x1, y1, x2, y2);
  }

  @Override
  public void text(String text, double x, double y, Anchor anchor) {
    String at = anchor.name().toLowerCase(Locale.ROOT);
    element("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", at, x, y, Xml.escape(text));
  }

  @Override
  public void upward(String text, double x, double y) {
    element(
        "<text class=\"middle\" transform=\"translate(%.1f %.1f) rotate(-90)\">%s</text>",
        x, y, Xml.escape(text));
  }

  @Override
  public void line(String label, int index, List<Point> points, boolean marked) {
    element("<g class=\"s%d\"><title>%s</title>", index % ChartStyle.COLOURS, Xml.escape(label));
    element(
        "<polyline points=\"%s\"/>",
        points.stream()
            .map(p -> String.format(Locale.ROOT, "%.1f,%.1f", p.x(), p.y()))
            .collect(Collectors.joining(" ")));
    if (marked) {
      points.forEach(p -> element("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", p.x(), p.y()));
    }
    svg.append("</g>\n");
  }

  @Override
  public void sample(int index, double x, double y) {
    element(
        "<g class=\"s%d\"><polyline points=\"%.1f,%.1f %.1f,%.1f\"/><circle cx=\"%.1f\" cy=\"%.1f\""
            + " r=\"3.5\"/></g>",
        index % ChartStyle.COLOURS, x, y, x + 20, y, x + 10, y);
  }

  /** All that was drawn, without what is around it. */
  String elements() {
    return svg.toString();
  }
}
