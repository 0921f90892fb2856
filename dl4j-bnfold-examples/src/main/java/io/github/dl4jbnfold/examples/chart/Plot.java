package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.examples.drawing.Xml;
import java.util.List;
import java.util.Locale;

/**
 * Lines through points on two axes.
 *
 * @param title what it shows, for those who do not see it, too
 * @param marked whether points are marked
 */
record Plot(
    String title,
    String xLabel,
    String yLabel,
    List<Series> series,
    Scale x,
    Scale y,
    boolean marked) {
  private static final double WIDTH = 640;
  private static final double PLOT = 300;
  private static final double LEFT = 64;
  private static final double RIGHT = 20;
  private static final double TOP = 40;
  private static final double LEGEND = 20;

  /** More lines than that are told apart by nobody. */
  private static final int MOST_IN_LEGEND = 12;

  Plot {
    // NaN and infinity are no places.
    series = series.stream().map(Plot::finite).filter(s -> !s.points().isEmpty()).toList();
  }

  private static Series finite(Series series) {
    return new Series(
        series.label(),
        series.points().stream()
            .filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()))
            .toList());
  }

  private double height() {
    int lines = series.size() <= MOST_IN_LEGEND ? series.size() : 1;
    return TOP + PLOT + 56 + lines * LEGEND;
  }

  String svg() {
    SvgCanvas canvas = new SvgCanvas();
    draw(canvas);
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart plot\" role=\"img\""
                + " aria-label=\"%s\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">%n",
            Xml.escape(title),
            WIDTH,
            height(),
            WIDTH,
            height())
        + canvas.elements()
        + "</svg>\n";
  }

  /** The same with its style, as a file of its own. */
  String svgFile() {
    String ground = "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
    String svg = svg();
    int inside = svg.indexOf('>') + 1;
    return svg.substring(0, inside)
        + "\n<style>\n"
        + ChartStyle.css()
        + "</style>\n"
        + ground
        + svg.substring(inside);
  }

  byte[] png() {
    PngCanvas canvas = new PngCanvas(WIDTH, height());
    draw(canvas);
    return canvas.bytes();
  }

  private double px(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double py(double value) {
    return TOP + PLOT - y.at(value) * PLOT;
  }

  private void draw(Canvas canvas) {
    canvas.text(title, LEFT, 22, Canvas.Anchor.START);
    for (double tick : x.ticks()) {
      canvas.grid(px(tick), TOP, px(tick), TOP + PLOT);
      canvas.text(x.label(tick), px(tick), TOP + PLOT + 18, Canvas.Anchor.MIDDLE);
    }
    for (double tick : y.ticks()) {
      canvas.grid(LEFT, py(tick), WIDTH - RIGHT, py(tick));
      canvas.text(y.label(tick), LEFT - 8, py(tick) + 4, Canvas.Anchor.END);
    }
    canvas.text(xLabel, (LEFT + WIDTH - RIGHT) / 2, TOP + PLOT + 38, Canvas.Anchor.MIDDLE);
    canvas.upward(yLabel, 16, TOP + PLOT / 2);
    for (int i = 0; i < series.size(); i++) {
      List<Point> points =
          series.get(i).points().stream().map(p -> new Point(px(p.x()), py(p.y()))).toList();
      canvas.line(series.get(i).label(), i, points, marked);
    }
    legend(canvas);
  }

  private void legend(Canvas canvas) {
    double at = TOP + PLOT + 62;
    if (series.size() > MOST_IN_LEGEND) {
      canvas.text(
          "%d lines, each named when pointed at".formatted(series.size()),
          LEFT,
          at,
          Canvas.Anchor.START);
      return;
    }
    for (int i = 0; i < series.size(); i++) {
      canvas.sample(i, LEFT, at - 4);
      canvas.text(series.get(i).label(), LEFT + 28, at, Canvas.Anchor.START);
      at += LEGEND;
    }
  }
}
