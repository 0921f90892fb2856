package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import java.util.List;

/** What charts are drawn on, in pixels from the upper left corner. */
interface Canvas {
  /** Where a text has its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A thin line behind the data. */
  void grid(double x1, double y1, double x2, double y2);

  void text(String text, double x, double y, Anchor anchor);

  /** A text that reads upwards. */
  void upward(String text, double x, double y);

  /**
   * A series.
   *
   * @param index decides its colour
   * @param marked whether its points are marked
   */
  void line(String label, int index, List<Point> points, boolean marked);

  /** The colour of a series, for a legend. */
  void sample(int index, double x, double y);
}
