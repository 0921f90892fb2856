package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFiles;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.linearize.train.CheckpointException;
import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.report.Json;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold linearize}: makes activations linear, merges layers, fine-tunes. */
@Command(
    name = "linearize",
    description =
        "Makes activations of a trained network linear, merges the layers that meet then, and"
            + " fine-tunes the shallower network. A run that was stopped goes on when it is started"
            + " again with the same options.")
public final class LinearizeCommand extends Subcommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A network of Deeplearning4j (.zip), a Keras model (.h5), or a SameDiff graph (.fb).")
  private Path model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description =
          "Where to write the network. Default: MODEL-linearized.zip or MODEL-linearized.fb beside"
              + " MODEL.")
  private @Nullable Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write the report to a file, as JSON (.json) or text (.txt).")
  private @Nullable Path report;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Also write a page: the network before and after, what could be chosen, how gates"
              + " closed.")
  private @Nullable Path html;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Option(names = "--overwrite", description = "Replace files that exist.")
  private boolean overwrite;

  @Option(
      names = "--dry-run",
      description =
          "Only show which layers might merge, what they cost now and then, and what is worth it."
              + " Needs no data.")
  private boolean dryRun;

  @Mixin private final LinearizeOptions options = new LinearizeOptions();

  @Override
  protected void run() {
    options.check(spec(), dryRun);
    ModelFile.Kind kind = ModelFile.check(model);
    if (dryRun) {
      CandidateTable table = quietly(() -> guarded(this::candidates));
      out().print(json ? Json.of(table) : table.toText());
      return;
    }
    Path target = out == null ? ModelFile.twin(model, "linearized", kind) : out;
    OutputFiles files = new OutputFiles(model, overwrite);
    if (report != null) {
      requireReport(report);
      files.expect(report);
    }
    if (html != null) {
      files.expect(html);
    }
    files.expect(target);
    LinearizeReport done = quietly(() -> guarded(() -> linearize(target, files)));
    out().print(json ? Json.of(done) : done.toText() + "  written to " + target + "\n");
  }

  private void requireReport(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(".json") && !name.endsWith(".txt")) {
      throw new ParameterException(
          spec().commandLine(), "--report: name a .json or .txt file, not " + file);
    }
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** What may be wrong with a model or with data, in one sentence each. */
  private <T> T guarded(Work<T> work) {
    try {
      return work.run();
    } catch (DataException e) {
      String message = String.valueOf(e.getMessage());
      String path = options.data().toString();
      throw CommandFailure.refused(message.contains(path) ? message : path + ": " + message, e);
    } catch (CheckpointException e) {
      throw CommandFailure.refused(
          "%s Give --restart to begin again, or another --checkpoints.".formatted(e.getMessage()),
          e);
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(model, e.getMessage()), e);
    } catch (IOException e) {
      throw CommandFailure.refused(
          "%s: it cannot be read or written (%s).".formatted(options.data(), e.getMessage()), e);
    }
  }

  private CandidateTable candidates() {
    try (Progress progress = progress()) {
      progress.show("measuring the layers of " + model);
      return CandidateTable.of(LinearizeModel.read(model, options), options);
    }
  }

  private LinearizeReport linearize(Path target, OutputFiles files) throws IOException {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      LinearizeModel<?> read = LinearizeModel.read(model, options);
      LinearizeRun run = new LinearizeRun(options.checkpoints(target));
      LinearizeJob.Result result =
          new LinearizeJob<>(read, options, run, progress::show).run(model.toString());
      put(result, target, files);
      files.write();
      if (options.ownsCheckpoints()) {
        run.forget();
      }
      return result.report();
    }
  }

  private void put(LinearizeJob.Result result, Path target, OutputFiles files) {
    LinearizeReport done = result.report();
    if (report != null) {
      boolean asJson = String.valueOf(report.getFileName()).endsWith(".json");
      files.put(report, (asJson ? Json.of(done) : done.toText()).getBytes(StandardCharsets.UTF_8));
    }
    if (html != null) {
      files.put(html, done.toHtml(result.drawings()).getBytes(StandardCharsets.UTF_8));
    }
    files.put(target, result.network());
  }
}
