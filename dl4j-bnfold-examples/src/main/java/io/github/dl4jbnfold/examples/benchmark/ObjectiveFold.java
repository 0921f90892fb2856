package io.github.dl4jbnfold.examples.benchmark;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A network that was copied and folded under one objective.
 *
 * @param seconds of the fold
 * @param measuring seconds of a fold that had to measure all costs first; 0 if none are needed
 */
record ObjectiveFold(SameDiff network, FoldReport report, double seconds, double measuring) {
  /**
   * Folds a copy. {@link Objective#FASTEST} starts without any cost, in a file of its own.
   *
   * @param clock nanoseconds
   */
  static ObjectiveFold of(
      SameDiff network, String output, Objective objective, LongSupplier clock) {
    FoldingOptions options = FoldingOptions.defaults().outputs(output).objective(objective);
    if (objective != Objective.FASTEST) {
      return timed(network, options, clock);
    }
    try {
      Path folder = Files.createTempDirectory("costs");
      Path costs = folder.resolve("costs.json");
      try {
        double measuring = timed(network, options.costs(costs), clock).seconds;
        ObjectiveFold again = timed(network, options.costs(costs), clock);
        return new ObjectiveFold(again.network, again.report, again.seconds, measuring);
      } finally {
        Files.deleteIfExists(costs);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectiveFold timed(SameDiff network, FoldingOptions options, LongSupplier clock) {
    long start = clock.getAsLong();
    BatchNormFolding.Folded<SameDiff> folded = BatchNormFolding.foldCopy(network, options);
    double seconds = (clock.getAsLong() - start) / 1e9;
    return new ObjectiveFold(folded.network(), folded.report(), seconds, 0);
  }

  /** Cells of a table: batch normalizations, operators, parameters, repairs, seconds. */
  String cells() {
    return String.format(
        Locale.ROOT,
        "%d / %d / %d | %d -> %d | %,d -> %,d | %s | %s%.1f",
        report.removed().size(),
        report.reduced().size(),
        report.kept().size(),
        report.operatorsBefore(),
        report.operatorsAfter(),
        report.parametersBefore(),
        report.parametersAfter(),
        repairs(),
        measuring > 0 ? String.format(Locale.ROOT, "%.1f, then ", measuring) : "",
        seconds);
  }

  private String repairs() {
    return report.repairs().stream()
        .collect(groupingBy(RepairedOperator::repair, TreeMap::new, counting()))
        .entrySet()
        .stream()
        .map(kind -> kind.getValue() + " " + kind.getKey())
        .collect(joining(", "));
  }
}
