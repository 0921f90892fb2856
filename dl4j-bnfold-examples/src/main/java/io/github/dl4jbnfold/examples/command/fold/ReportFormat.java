package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFile;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.file.Path;
import java.util.Locale;

/** The form of a report in a file, by the extension of its name. */
enum ReportFormat {
  JSON,
  MD,
  TXT;

  /**
   * The format that the name asks for; plain text for a device, which has no extension.
   *
   * @throws CommandFailure if there is none of this extension
   */
  static ReportFormat of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (ReportFormat format : values()) {
      if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
        return format;
      }
    }
    if (OutputFile.isDevice(file)) {
      return TXT;
    }
    throw CommandFailure.usage(
        "%s: a report's name ends in .json, .md or .txt, which decides its form.".formatted(file));
  }

  String write(FoldReport report) {
    return switch (this) {
      case JSON -> report.toJson();
      case MD -> report.toMarkdown();
      case TXT -> report.toText();
    };
  }
}
