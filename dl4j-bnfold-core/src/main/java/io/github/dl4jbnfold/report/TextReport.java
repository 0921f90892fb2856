package io.github.dl4jbnfold.report;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A report as plain text. */
final class TextReport {
  private TextReport() {}

  static String of(FoldReport report) {
    StringBuilder text = new StringBuilder();
    text.append(headline(report)).append('\n');
    if (!report.reduced().isEmpty()) {
      text.append("  became an addition, only the scale has gone: ")
          .append(String.join(", ", report.reduced()))
          .append('\n');
    }
    if (!report.merged().isEmpty()) {
      text.append("  absorbed by a batch normalization that stays: ")
          .append(String.join(", ", report.merged()))
          .append('\n');
    }
    Map<String, Long> repairs =
        report.repairs().stream()
            .collect(groupingBy(r -> words(r.repair()), TreeMap::new, counting()));
    repairs.forEach((what, count) -> text.append(line("%s: %d", what, count)));
    if (!report.layers().isEmpty()) {
      text.append("  needs this library to be loaded, for ")
          .append(simpleNames(report.layers()))
          .append('\n');
    }
    if (!report.rawInputs().isEmpty()) {
      text.append("  takes without their normalizers: ")
          .append(String.join(", ", report.rawInputs()))
          .append('\n');
    }
    for (KeptNorm kept : report.kept()) {
      text.append("  kept ").append(kept.name()).append(" (").append(kept.reason()).append(")\n");
      text.append("    ").append(kept.detail()).append('\n');
      text.append("    ").append(kept.remedy()).append('\n');
    }
    if (report.applied()) {
      text.append(
          line("operators   %,12d -> %,d", report.operatorsBefore(), report.operatorsAfter()));
      text.append(
          line("parameters  %,12d -> %,d", report.parametersBefore(), report.parametersAfter()));
      text.append(
          line(
              "largest error %.2e absolute, %.2e relative to the largest output value",
              report.maxAbsoluteError(), report.maxRelativeError()));
    }
    return text.append(line("%.2f s", report.seconds())).toString();
  }

  private static String simpleNames(List<String> classes) {
    return String.join(
        ", ", classes.stream().map(name -> name.substring(name.lastIndexOf('.') + 1)).toList());
  }

  private static String words(String repair) {
    return switch (repair) {
      case "CLAMP" -> "activations with a bound per channel";
      case "ONES_CHANNEL" -> "operators that read a channel of ones";
      case "PAD_VALUE" -> "paddings with another value than 0";
      case "BORDER_MAP" -> "operators with a constant map for their padding";
      case "POINT_MERGE" -> "1x1 convolutions that a convolution beside them took over";
      default -> "convolutions that took over a parallel batch normalization";
    };
  }

  private static String headline(FoldReport report) {
    int removed = report.removed().size();
    if (report.batchNorms() == 0) {
      return "There is no batch normalization in this network.";
    }
    return String.format(
        Locale.ROOT,
        "%d of %d batch normalizations %s, %d kept%s",
        removed,
        report.batchNorms(),
        report.applied() ? "removed" : "can be removed",
        report.kept().size(),
        report.kept().isEmpty() ? "" : ": " + proof(report));
  }

  static String proof(FoldReport report) {
    return report.isMaximum()
        ? "the maximum"
        : "at least; more than " + report.mostRemovable() + " are impossible";
  }

  private static String line(String format, Object... values) {
    return "  " + String.format(Locale.ROOT, format, values) + "\n";
  }
}
