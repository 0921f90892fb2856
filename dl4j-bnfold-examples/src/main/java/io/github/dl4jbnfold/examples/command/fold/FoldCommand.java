package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFile;
import io.github.dl4jbnfold.examples.command.console.OutputFiles;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold fold}: writes the folded network, and says what was done. */
@Command(
    name = "fold",
    description =
        "Folds a network, checks it against the original on random inputs, and writes it. It"
            + " appears whole or not at all.")
public final class FoldCommand extends Subcommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A SameDiff graph (.fb), a network of Deeplearning4j (.zip), or a Keras model (.h5).")
  private Path model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description =
          "Where to write the folded network. Default: MODEL-folded.fb or MODEL-folded.zip beside"
              + " MODEL.")
  private @Nullable Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write the report to a file: .json, .md or .txt.")
  private @Nullable Path report;

  @Mixin private final ReportPage page = new ReportPage();

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

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

  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Override
  protected void run() {
    network.check(spec());
    ModelFile.Kind kind = ModelFile.check(model);
    Path target = out == null ? ModelFile.twin(model, "folded", kind) : out;
    checkUsage(target);
    Result result = quietly(() -> fold());
    write(target, result);
    if (result.updaterStateLost) {
      err()
          .printf(
              "bnfold: %s: its updater state belongs to the parameters before the fold and was not"
                  + " carried over.%n",
              model);
    }
    out().print(json ? result.report.toJson() : text(result.report, target));
  }

  private record Result(FoldReport report, byte[] network, boolean updaterStateLost, byte[] page) {}

  private Result fold() {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      LoadedModel read = ModelFile.read(model);
      progress.show("folding " + model);
      NetworkNames names = new NetworkNames(model, read);
      FoldingOptions options = names.resolve(network);
      FoldReport folded = read.fold(tolerance == null ? options : options.tolerance(tolerance));
      names.checkKept(network, folded);
      byte[] html = {};
      if (page.html() != null) {
        progress.show("measuring " + model);
        html = ReportPage.page(page.study(model, read, folded, network));
      }
      return new Result(folded, read.bytes(), read.losesUpdaterState(), html);
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private void checkUsage(Path target) {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new ParameterException(
          spec().commandLine(),
          "--tolerance: give a number that is not negative, not " + tolerance);
    }
    if (OutputFile.isSame(target, model) && !overwrite) {
      throw CommandFailure.refused(
          "%s: the output is the model itself. Give --overwrite to replace it, or another name."
              .formatted(target));
    }
    OutputFile.check(target, overwrite);
    List<Path> others = Stream.of(report, page.html()).filter(Objects::nonNull).toList();
    if (report != null) {
      ReportFormat.of(report);
    }
    for (Path other : others) {
      if (OutputFile.isSame(other, target) || OutputFile.isSame(other, model)) {
        throw CommandFailure.usage(
            "%s: the report and a network cannot be the same file. Give the report another name."
                .formatted(other));
      }
      OutputFile.check(other, overwrite);
    }
    if (others.size() == 2 && OutputFile.isSame(others.get(0), others.get(1))) {
      throw CommandFailure.usage(
          "%s: the page and the report cannot be the same file. Give one another name."
              .formatted(others.get(0)));
    }
  }

  /** All files are complete before the first appears; the network is the last. */
  private void write(Path target, Result result) {
    OutputFiles files = new OutputFiles(model, overwrite);
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

  private String text(FoldReport folded, Path target) {
    return "%s%n%s  written to %s%n".formatted(model, folded.toText(), target);
  }
}
