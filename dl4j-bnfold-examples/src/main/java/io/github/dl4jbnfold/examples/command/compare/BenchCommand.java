package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.command.model.ModelFiles;
import io.github.dl4jbnfold.report.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold bench}: how long models take, side by side. */
@Command(
    name = "bench",
    description = {
      "Measures inference times of models in turns, so that whatever else the machine does hits all"
          + " alike. Of a single model: before and after a fold in memory.",
      "ND4J computes with one thread unless OMP_NUM_THREADS says otherwise."
    })
public final class BenchCommand extends Subcommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "Models (.fb, .zip, .h5), directories or globs; ratios are to the first.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--batch",
      paramLabel = "N,N...",
      split = ",",
      defaultValue = "1,16",
      description = "Batch sizes. Default: ${DEFAULT-VALUE}.")
  private List<Integer> batches = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to measure for each batch size, about. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Mixin private final InputOptions options = new InputOptions();

  @Option(names = "--json", description = "Print the times as JSON.")
  private boolean json;

  @Override
  protected void run() {
    if (batches.stream().anyMatch(size -> size < 1)) {
      throw new ParameterException(spec().commandLine(), "--batch: give numbers above 0.");
    }
    if (!(seconds > 0)) {
      throw new ParameterException(
          spec().commandLine(), "--seconds: give a number above 0, not " + seconds);
    }
    List<Path> paths = ModelFiles.of(models).paths();
    paths.forEach(ModelFile::check);
    Timing timing = quietly(() -> measure(paths));
    out().print(json ? Json.of(timing) : timing.toText());
  }

  private Timing measure(List<Path> paths) {
    try (Progress progress = progress()) {
      return new Bench(options, seconds).measure(paths, batches, progress);
    }
  }
}
