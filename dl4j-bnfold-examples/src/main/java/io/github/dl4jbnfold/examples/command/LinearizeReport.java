package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.train.EpochResult;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
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
 * @param accuracy of the networks on the way, on the examples that are held back
 * @param alphas of the gates when they were chosen
 * @param history of all epochs
 */
record LinearizeReport(
    String model,
    String rule,
    LayerFoldingReport conversion,
    Scores accuracy,
    SortedMap<String, Double> alphas,
    List<EpochResult> history) {
  static LinearizeReport of(
      String model, String rule, LayerFoldingReport conversion, LayerFoldingResult<?> result) {
    return new LinearizeReport(
        model, rule, conversion, result.scores(), result.alphas(), result.history());
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
