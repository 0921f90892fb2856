package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFile;
import io.github.dl4jbnfold.examples.command.console.OutputFiles;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.command.model.ModelFiles;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code bnfold fold}: writes the folded network, and says what was done. */
@Command(
    name = "fold",
    description =
        "Folds a network, checks it against the original on random inputs, and writes it. It"
            + " appears whole or not at all.")
public final class FoldCommand extends ModelsCommand {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description =
          "Where to write the folded network. Default: MODEL-folded.fb or MODEL-folded.zip beside"
              + " MODEL. Of several models, the directory for theirs, which keep their names.")
  private @Nullable Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write the report to a file: .json, .md or .txt.")
  private @Nullable Path report;

  @Mixin private final ReportPage page = new ReportPage();

  @Option(
      names = "--overwrite",
      description = "Replace files that exist, even MODEL where OUT names it.")
  private boolean overwrite;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "The largest error of an output, relative to its largest magnitude. Default: 1e-9 in"
              + " float64, 1e-4 in float32, 1e-2 in float16, 5e-2 in bfloat16.")
  private @Nullable Double tolerance;

  /** Where the network of each model goes. */
  private final Map<Path, Path> targets = new LinkedHashMap<>();

  private record Result(FoldReport report, byte[] network, boolean updaterStateLost, byte[] page) {}

  @Override
  void check(ModelFiles files) {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new ParameterException(
          spec().commandLine(),
          "--tolerance: give a number that is not negative, not " + tolerance);
    }
    if (report != null) {
      ReportFormat.of(report);
    }
    if (files.several()) {
      checkSeveral(files.paths());
    } else {
      Path model = files.paths().get(0);
      Path target = out == null ? ModelFile.twin(model, "folded", ModelFile.check(model)) : out;
      expected(model, target);
      targets.put(model, target);
    }
  }

  private void checkSeveral(List<Path> models) {
    Path folder = out;
    if (report != null || page.html() != null) {
      throw new ParameterException(
          spec().commandLine(),
          "--report and --html are about one MODEL: give one, or leave them out and take --json.");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new ParameterException(
          spec().commandLine(),
          "Several models: name a directory that exists with -o, where the folded ones go.");
    }
    for (Path model : models) {
      Path target = folder.resolve(ModelFile.named(model));
      if (targets.containsValue(target)) {
        throw CommandFailure.usage(
            "%s: two models would have this name. Fold them one by one, or into two directories."
                .formatted(target));
      }
      expected(model, target);
      targets.put(model, target);
    }
  }

  /** The files of one model, whose places must be free. */
  private OutputFiles expected(Path model, Path target) {
    if (OutputFile.isSame(target, model) && !overwrite) {
      throw CommandFailure.refused(
          "%s: the output is the model itself. Give --overwrite to replace it, or another name."
              .formatted(target));
    }
    OutputFiles files = new OutputFiles(model, overwrite);
    Stream.of(report, page.html()).filter(Objects::nonNull).forEach(files::expect);
    files.expectInPlace(target);
    return files;
  }

  @Override
  Outcome handle(Path model) {
    Path target = Objects.requireNonNull(targets.get(model));
    OutputFiles files = expected(model, target);
    Result result = quietly(() -> fold(model));
    write(files, target, result);
    if (result.updaterStateLost) {
      err()
          .printf(
              "bnfold: %s: its updater state belongs to the parameters before the fold and was not"
                  + " carried over.%n",
              model);
    }
    return new Outcome(
        result.report, "%s%n%s  written to %s%n".formatted(model, result.report.toText(), target));
  }

  private Result fold(Path model) {
    try (Progress progress = progress()) {
      Handled folded =
          fold(
              model,
              progress,
              options -> tolerance == null ? options : options.tolerance(tolerance));
      byte[] html = {};
      if (page.html() != null) {
        progress.show("measuring " + model);
        html = ReportPage.page(page.study(model, folded.network(), folded.report(), network()));
      }
      return new Result(
          folded.report(), folded.network().bytes(), folded.network().losesUpdaterState(), html);
    }
  }

  /** All files are complete before the first appears; the network is the last. */
  private void write(OutputFiles files, Path target, Result result) {
    if (report != null) {
      byte[] text = ReportFormat.of(report).write(result.report).getBytes(StandardCharsets.UTF_8);
      files.put(report, text);
    }
    Path html = page.html();
    if (html != null) {
      files.put(html, result.page);
    }
    files.put(target, result.network);
    files.write();
  }
}
