package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFiles;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.drawing.Dot;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Mermaid;
import io.github.dl4jbnfold.examples.drawing.Svg;
import io.github.dl4jbnfold.examples.page.FoldStudy;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold report}: shows what a fold does, and writes no network. */
@Command(
    name = "report",
    description =
        "Folds a network in memory, and shows what that does: as a page for a browser, or as a"
            + " drawing of the network before and after. Writes no network.")
public final class ReportCommand extends Subcommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A SameDiff graph (.fb), a network of Deeplearning4j (.zip), or a Keras model (.h5).")
  private Path model;

  @Mixin private final ReportPage page = new ReportPage();

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Write the drawing as SVG, in which regions that are folded are one box.")
  private @Nullable Path svg;

  @Option(
      names = "--all-layers",
      negatable = true,
      description =
          "In the SVG, draw every layer, or as few as possible. Default: every one of a small"
              + " network.")
  private @Nullable Boolean allLayers;

  @Option(
      names = "--dot",
      paramLabel = "FILE",
      description = "Write the drawing in the language of Graphviz.")
  private @Nullable Path dot;

  @Option(
      names = "--mermaid",
      paramLabel = "FILE",
      description = "Write the drawing in the language of Mermaid, which Markdown may hold.")
  private @Nullable Path mermaid;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Option(names = "--overwrite", description = "Replace files that exist.")
  private boolean overwrite;

  @Mixin private final NetworkOptions network = new NetworkOptions();

  private record Result(FoldReport report, FoldStudy study) {}

  @Override
  protected void run() {
    network.check(spec());
    List<Path> wanted = Stream.of(page.html(), svg, dot, mermaid).filter(Objects::nonNull).toList();
    if (wanted.isEmpty()) {
      throw new ParameterException(
          spec().commandLine(), "Give at least one of --html, --svg, --dot and --mermaid.");
    }
    ModelFile.check(model);
    OutputFiles files = new OutputFiles(model, overwrite);
    wanted.forEach(files::expect);
    Result result = quietly(this::fold);
    List<Drawing> drawings = result.study.drawings();
    put(
        files,
        page.html(),
        study -> new String(ReportPage.page(study), StandardCharsets.UTF_8),
        result.study);
    put(files, svg, all -> Svg.file(all, detail()), drawings);
    put(files, dot, Dot::file, drawings);
    put(files, mermaid, Mermaid::file, drawings);
    files.write();
    out().print(json ? result.report.toJson() : text(result.report, wanted));
  }

  private Svg.Detail detail() {
    return allLayers == null ? Svg.Detail.FITTING : allLayers ? Svg.Detail.ALL : Svg.Detail.LEAST;
  }

  private static <T> void put(
      OutputFiles files, @Nullable Path file, Function<T, String> form, T what) {
    if (file != null) {
      files.put(file, form.apply(what).getBytes(StandardCharsets.UTF_8));
    }
  }

  private Result fold() {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      LoadedModel read = ModelFile.read(model);
      progress.show("folding " + model);
      NetworkNames names = new NetworkNames(model, read);
      FoldingOptions options = names.resolve(network);
      FoldReport folded = read.fold(options);
      names.checkKept(network, folded);
      progress.show("measuring " + model);
      return new Result(folded, page.study(model, read, folded, network));
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private String text(FoldReport folded, List<Path> written) {
    List<String> lines = new ArrayList<>();
    written.forEach(file -> lines.add("  written to %s%n".formatted(file)));
    return "%s%n%s%s".formatted(model, folded.toText(), String.join("", lines));
  }
}
