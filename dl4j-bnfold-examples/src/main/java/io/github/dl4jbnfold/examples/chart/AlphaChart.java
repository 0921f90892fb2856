package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.linearize.train.EpochResult;
import io.github.dl4jbnfold.linearize.train.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the gates of a network close: α of each, 0 for its activation and 1 for a line, by step. */
public final class AlphaChart {
  private final Plot plot;

  /**
   * @param gates one series for each, of steps and α
   */
  public AlphaChart(List<Series> gates) {
    double last =
        gates.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::x).max().orElse(1);
    this.plot =
        new Plot(
            "α of %d gate%s".formatted(gates.size(), gates.size() == 1 ? "" : "s"),
            "step",
            "α",
            gates,
            Scale.of(0, last),
            new Scale(0, 1, 0.2),
            false);
  }

  /** What the epochs with gates came to, of all that a training did. */
  public static AlphaChart of(List<EpochResult> history) {
    Map<String, List<Point>> gates = new LinkedHashMap<>();
    for (EpochResult epoch : history) {
      if (epoch.phase() == Phase.PRE_FOLDING) {
        epoch
            .alphas()
            .forEach(
                (gate, alpha) ->
                    gates
                        .computeIfAbsent(gate, g -> new ArrayList<>())
                        .add(new Point(epoch.step(), alpha)));
      }
    }
    return new AlphaChart(
        gates.entrySet().stream().map(g -> new Series(g.getKey(), g.getValue())).toList());
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
