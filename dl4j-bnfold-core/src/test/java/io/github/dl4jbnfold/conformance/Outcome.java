package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What a fold did, without anything that changes from run to run.
 *
 * @param kept why batch normalizations stay, each reason once
 * @param repairs the kinds of all repairs, each once
 * @param failed whether there was no fold at all
 */
record Outcome(
    int batchNorms,
    int removed,
    List<String> kept,
    int operatorsBefore,
    int operatorsAfter,
    List<String> repairs,
    boolean failed) {

  /** The outcome in the first form of a case. */
  static Outcome of(Case c, UnaryOperator<FoldingOptions> options) {
    Format format = c.setting().formats().get(0);
    DataType type = c.setting().types().get(0);
    try {
      return of(c.fold(format, type, options));
    } catch (RuntimeException failure) {
      return new Outcome(0, 0, List.of(), 0, 0, List.of(), true);
    }
  }

  static Outcome of(Fold fold) {
    FoldReport report = fold.report();
    return new Outcome(
        report.batchNorms(),
        report.removed().size(),
        report.kept().stream().map(kept -> kept.reason().name()).distinct().sorted().toList(),
        report.operatorsBefore(),
        report.operatorsAfter(),
        report.repairs().stream()
            .map(FoldReport.RepairedOperator::repair)
            .distinct()
            .sorted()
            .toList(),
        false);
  }

  /** In words. */
  String words() {
    if (failed) {
      return "no fold";
    }
    if (batchNorms == 0) {
      boolean changed = operatorsBefore != operatorsAfter || !repairs.isEmpty();
      return changed ? "arithmetic gone" : "unchanged";
    }
    String gone = "%d of %d BN gone".formatted(removed, batchNorms);
    return kept.isEmpty() ? gone : gone + ": " + String.join(", ", kept);
  }

  String operators() {
    return failed ? "" : "%d → %d".formatted(operatorsBefore, operatorsAfter);
  }

  String repairWords() {
    return repairs.stream()
        .map(repair -> repair.toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }
}
