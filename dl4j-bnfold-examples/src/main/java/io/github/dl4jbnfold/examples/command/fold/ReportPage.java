package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.examples.page.FoldPage;
import io.github.dl4jbnfold.examples.page.FoldStudy;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the page of a fold, and what they mean. */
final class ReportPage {
  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write a page about the fold to a file: the network before and after, what stayed and"
              + " why, errors, times, memory. One file that loads nothing.")
  private @Nullable Path html;

  @Option(
      names = "--no-times",
      description = "Measure no times for the page, which takes some seconds.")
  private boolean withoutTimes;

  @Nullable Path html() {
    return html;
  }

  /**
   * Studies a fold.
   *
   * @param folded the network after it, as {@link LoadedModel#fold} leaves it
   */
  FoldStudy study(Path model, LoadedModel folded, FoldReport report, NetworkOptions given) {
    Map<String, long[]> shapes = new HashMap<>();
    given.shapes().forEach(shape -> shapes.put(shape.placeholder(), shape.shape()));
    // A graph is folded in place, so what it was is read again.
    List<String> outputs = List.copyOf(report.outputs());
    NetworkView before = ModelFile.read(model).view(outputs, shapes);
    NetworkView after = folded.view(outputs, shapes);
    boolean timed = html != null && !withoutTimes;
    if (timed) {
      // Not before the fold, which may measure what operators cost with the threads there are.
      PairTimes.preferOneThread();
    }
    String name = String.valueOf(model.getFileName());
    return FoldStudy.of(name, before, after, report, timed);
  }

  /** The page, as the bytes of a file. */
  static byte[] page(FoldStudy study) {
    return FoldPage.of(study).getBytes(StandardCharsets.UTF_8);
  }
}
