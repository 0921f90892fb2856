package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.chart.AlphaChart;
import io.github.dl4jbnfold.examples.chart.FrontierChart;
import io.github.dl4jbnfold.examples.chart.Series;
import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.page.LinearizePage;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.train.EpochResult;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.Phase;
import io.github.dl4jbnfold.linearize.train.Scores;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * What {@code bnfold linearize} did.
 *
 * @param model the file
 * @param rule by which activations were chosen
 * @param conversion what was merged, and why not more
 * @param frontier what could be chosen; empty where gates were trained
 * @param accuracy of the networks on the way, on the examples that are held back
 * @param alphas of the gates when they were chosen
 * @param history of all epochs
 */
record LinearizeReport(
    String model,
    String rule,
    LayerFoldingReport conversion,
    List<FrontierPoint> frontier,
    Scores accuracy,
    SortedMap<String, Double> alphas,
    List<EpochResult> history) {
  static LinearizeReport of(
      String model, String rule, LinearizeRun run, LayerFoldingResult<?> result) {
    return new LinearizeReport(
        model,
        rule,
        run.conversion(),
        run.frontier(),
        result.scores(),
        result.alphas(),
        result.history());
  }

  /** As a page. */
  String toHtml(List<Drawing> drawings) {
    List<Point> choices =
        frontier.stream().map(point -> new Point(point.cost(), point.loss())).toList();
    boolean trainedGates = history.stream().anyMatch(epoch -> epoch.phase() == Phase.PRE_FOLDING);
    return new LinearizePage(
            model,
            conversion,
            drawings,
            choices.isEmpty()
                ? null
                : new FrontierChart(
                    "Choices that no other one beats, before a training",
                    "cost, 1 as it is",
                    "loss added",
                    List.of(new Series("choices", choices))),
            trainedGates ? AlphaChart.of(history) : null,
            accuracy,
            "accuracy")
        .html();
  }

  String toText() {
    return "%s (%s)%n%s%s"
        .formatted(
            model,
            rule,
            conversion.toText(),
            String.format(
                Locale.ROOT,
                "  accuracy    %.2f %% before, %.2f %% merged, %.2f %% fine-tuned%n",
                100 * accuracy.original(),
                100 * accuracy.afterMerging(),
                100 * accuracy.afterFineTuning()));
  }
}
