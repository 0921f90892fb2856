package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.OutputFiles;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.command.model.ModelFiles;
import io.github.dl4jbnfold.examples.drawing.Dot;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Mermaid;
import io.github.dl4jbnfold.examples.drawing.Svg;
import io.github.dl4jbnfold.examples.page.FoldStudy;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code bnfold report}: shows what a fold does, and writes no network. */
@Command(
    name = "report",
    description =
        "Folds a network in memory, and shows what that does: as a page for a browser, or as a"
            + " drawing of the network before and after. Writes no network.")
public final class ReportCommand extends ModelsCommand {
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

  @Option(names = "--overwrite", description = "Replace files that exist.")
  private boolean overwrite;

  private record Result(FoldReport report, FoldStudy study) {}

  @Override
  void check(ModelFiles models) {
    if (wanted().isEmpty()) {
      throw new ParameterException(
          spec().commandLine(), "Give at least one of --html, --svg, --dot and --mermaid.");
    }
    if (models.several()) {
      throw new ParameterException(
          spec().commandLine(), "A page or a drawing is about one MODEL: give one model file.");
    }
    expected(models.paths().get(0));
  }

  private List<Path> wanted() {
    return Stream.of(page.html(), svg, dot, mermaid).filter(Objects::nonNull).toList();
  }

  private OutputFiles expected(Path model) {
    ModelFile.check(model);
    OutputFiles files = new OutputFiles(model, overwrite);
    wanted().forEach(files::expect);
    return files;
  }

  @Override
  Outcome handle(Path model) {
    OutputFiles files = expected(model);
    Result result = quietly(() -> study(model));
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
    return new Outcome(result.report, text(model, result.report));
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

  private Result study(Path model) {
    try (Progress progress = progress()) {
      Handled folded = fold(model, progress, UnaryOperator.identity());
      progress.show("measuring " + model);
      return new Result(
          folded.report(), page.study(model, folded.network(), folded.report(), network()));
    }
  }

  private String text(Path model, FoldReport folded) {
    List<String> lines = new ArrayList<>();
    wanted().forEach(file -> lines.add("  written to %s%n".formatted(file)));
    return "%s%n%s%s".formatted(model, folded.toText(), String.join("", lines));
  }
}
