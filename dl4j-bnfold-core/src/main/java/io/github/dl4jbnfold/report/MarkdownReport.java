package io.github.dl4jbnfold.report;

import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.Locale;

/** A report as Markdown. */
final class MarkdownReport {
  private MarkdownReport() {}

  static String of(FoldReport report) {
    StringBuilder text = new StringBuilder("# Batch-normalization folding\n\n");
    text.append("| | before | after |\n|---|---:|---:|\n");
    row(text, "batch normalizations", report.batchNorms(), report.kept().size());
    row(text, "operators", report.operatorsBefore(), report.operatorsAfter());
    row(text, "parameters", report.parametersBefore(), report.parametersAfter());
    text.append(
        String.format(
            Locale.ROOT,
            "\n%s Removed: %d (%s). Largest error: %.2e absolute, %.2e relative. Time: %.2f s.\n",
            report.applied() ? "Folded and checked." : "Planned only; nothing was changed.",
            report.removed().size(),
            TextReport.proof(report),
            report.maxAbsoluteError(),
            report.maxRelativeError(),
            report.seconds()));
    if (!report.kept().isEmpty()) {
      text.append("\n## Kept\n\n| name | reason | detail | remedy |\n|---|---|---|---|\n");
      for (KeptNorm kept : report.kept()) {
        text.append(
            "| `%s` | %s | %s | %s |\n"
                .formatted(
                    cell(kept.name()), kept.reason(), cell(kept.detail()), cell(kept.remedy())));
      }
    }
    if (!report.repairs().isEmpty()) {
      text.append("\n## Replaced or extended\n\n| operator | kind | repair |\n|---|---|---|\n");
      for (RepairedOperator repair : report.repairs()) {
        text.append(
            "| `%s` | %s | %s |\n"
                .formatted(cell(repair.operator()), cell(repair.kind()), repair.repair()));
      }
    }
    if (!report.layers().isEmpty()) {
      text.append("\n## Layers of this library that it needs to be loaded\n\n");
      report.layers().forEach(name -> text.append("- `").append(name).append("`\n"));
    }
    if (!report.rawInputs().isEmpty()) {
      text.append("\n## Inputs that it takes without their normalizers\n\n");
      report.rawInputs().forEach(name -> text.append("- `").append(name).append("`\n"));
    }
    if (!report.reduced().isEmpty()) {
      text.append("\n## Became an addition\n\n");
      report.reduced().forEach(name -> text.append("- `").append(name).append("`\n"));
    }
    if (!report.removed().isEmpty()) {
      text.append("\n## Removed\n\n");
      for (String name : report.removed()) {
        text.append("- `").append(name).append('`');
        text.append(report.merged().contains(name) ? " (merged)\n" : "\n");
      }
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String what, long before, long after) {
    text.append(String.format(Locale.ROOT, "| %s | %,d | %,d |\n", what, before, after));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
