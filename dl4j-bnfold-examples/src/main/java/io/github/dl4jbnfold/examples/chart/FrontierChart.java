package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.linearize.run.Frontier;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What a network is worth against what it costs: one line for each way to make it cheaper. */
public final class FrontierChart {
  private final Plot plot;

  /**
   * @param title what it shows
   * @param cost what is on the horizontal axis, such as "milliseconds"
   * @param worth what is on the vertical axis, such as "accuracy"
   */
  public FrontierChart(String title, String cost, String worth, List<Series> series) {
    this.plot =
        new Plot(
            title, cost, worth, series, scale(series, Point::x), scale(series, Point::y), true);
  }

  /** Losses against costs, both as fractions of what they were: cost, and in the loss's unit. */
  public static FrontierChart of(Frontier frontier, String title) {
    return new FrontierChart(
        title, "cost, 1 as it is", "loss added", List.of(series("choices", frontier)));
  }

  /** The choices of a frontier: the fraction of the cost that is left, and the loss. */
  public static Series series(String label, Frontier frontier) {
    return new Series(
        label,
        frontier.choices().stream()
            .map(choice -> new Point(choice.cost() / frontier.costBefore(), choice.loss()))
            .toList());
  }

  private static Scale scale(List<Series> series, ToDoubleFunction<Point> coordinate) {
    double[] all =
        series.stream()
            .flatMap(s -> s.points().stream())
            .mapToDouble(coordinate)
            .filter(Double::isFinite)
            .toArray();
    return Scale.of(Arrays.stream(all).min().orElse(0), Arrays.stream(all).max().orElse(1));
  }

  /** For a page with {@link ChartStyle#css}. */
  public String svg() {
    return plot.svg();
  }

  /** A file of its own. */
  public String svgFile() {
    return plot.svgFile();
  }

  public byte[] png() {
    return plot.png();
  }
}
