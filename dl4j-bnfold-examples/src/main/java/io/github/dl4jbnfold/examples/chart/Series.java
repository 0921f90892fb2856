package io.github.dl4jbnfold.examples.chart;

import java.util.List;

/**
 * Points that belong together, in the order of the line through them.
 *
 * @param label for the legend
 */
public record Series(String label, List<Point> points) {
  public Series {
    points = List.copyOf(points);
  }

  /** A point of a chart, in the units of its axes. */
  public record Point(double x, double y) {}
}
