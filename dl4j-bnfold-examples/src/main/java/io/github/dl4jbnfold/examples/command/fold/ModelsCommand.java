package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.command.model.ModelFiles;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.Json;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A subcommand that plans or folds models, one after the other. */
abstract class ModelsCommand extends Subcommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description =
          "A SameDiff graph (.fb), a network of Deeplearning4j (.zip), or a Keras model (.h5)."
              + " Several, a directory of them or a glob are taken one after the other.")
  private List<String> models = new ArrayList<>();

  @Option(names = "--json", description = "Print the report as JSON; of several models, a list.")
  private boolean json;

  @Mixin private final NetworkOptions network = new NetworkOptions();

  /** What a remedy of the library is at the command line. */
  private static final Map<String, String> REMEDIES =
      Map.of("FoldingOptions.portable(false)", "--own-layers");

  /** Of the model at hand among several. */
  private String place = "";

  /** What was done with one model, as data and as text. */
  record Outcome(FoldReport report, String text) {}

  /** A network after its fold, or before it where it was only planned. */
  record Handled(LoadedModel network, FoldReport report) {}

  /**
   * Says early, before any work, what would stop it.
   *
   * @throws CommandFailure if something would
   */
  abstract void check(ModelFiles files);

  /**
   * Does the job for one model.
   *
   * @throws CommandFailure if it cannot be done
   */
  abstract Outcome handle(Path model);

  final NetworkOptions network() {
    return network;
  }

  @Override
  protected final void run() {
    network.check(spec());
    ModelFiles files = ModelFiles.of(models);
    check(files);
    if (files.several()) {
      all(files.paths());
      return;
    }
    Path model = files.paths().get(0);
    ModelFile.check(model);
    Outcome outcome = handle(model);
    if (json) {
      out().print(outcome.report.toJson());
    } else {
      print(atCommand(outcome.text));
    }
  }

  /** One that fails does not stop the others. */
  private void all(List<Path> paths) {
    List<Map<String, Object>> done = new ArrayList<>();
    int code = 0;
    int failed = 0;
    for (Path model : paths) {
      place = "%d of %d: ".formatted(done.size() + 1, paths.size());
      Map<String, Object> entry = new LinkedHashMap<>(Map.of("model", model.toString()));
      try {
        ModelFile.check(model);
        Outcome outcome = handle(model);
        entry.put("report", outcome.report);
        if (!json) {
          print(atCommand(outcome.text));
        }
      } catch (RuntimeException e) {
        CommandFailure failure = failure(model, e);
        failed++;
        // A model that was refused says more than a file that is none.
        code = code == 0 ? failure.exitCode() : Math.min(code, failure.exitCode());
        entry.put("error", String.valueOf(failure.getMessage()));
        complain(String.valueOf(failure.getMessage()));
      }
      done.add(entry);
    }
    if (json) {
      out().print(Json.of(done));
    }
    out().flush();
    if (failed > 0) {
      throw CommandFailure.of(code, "%d of %d models failed.".formatted(failed, paths.size()));
    }
  }

  private static String atCommand(@Nullable String text) {
    String told = String.valueOf(text);
    for (Map.Entry<String, String> remedy : REMEDIES.entrySet()) {
      told = told.replace(remedy.getKey(), remedy.getValue());
    }
    return told;
  }

  private static CommandFailure failure(Path model, RuntimeException e) {
    return e instanceof CommandFailure known
        ? known
        : CommandFailure.refused(
            "%s: unexpected failure (%s). Maybe run it alone with --verbose to see where."
                .formatted(model, e),
            e);
  }

  /** Reads a model and says what a fold of it would do. */
  final Handled plan(Path model, Progress progress) {
    return handle(model, progress, "planning ", UnaryOperator.identity(), LoadedModel::plan);
  }

  /**
   * Reads a model and folds it.
   *
   * @param adjust changes the options that the command line gave
   */
  final Handled fold(Path model, Progress progress, UnaryOperator<FoldingOptions> adjust) {
    return handle(model, progress, "folding ", adjust, LoadedModel::fold);
  }

  private interface Job {
    FoldReport of(LoadedModel network, FoldingOptions options);
  }

  private Handled handle(
      Path model, Progress progress, String doing, UnaryOperator<FoldingOptions> adjust, Job job) {
    try {
      progress.show(place + "reading " + model);
      LoadedModel read = ModelFile.read(model);
      progress.show(place + doing + model);
      NetworkNames names = new NetworkNames(model, read);
      FoldReport report = job.of(read, adjust.apply(names.resolve(network)));
      names.checkKept(network, report);
      return new Handled(read, report);
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(model, atCommand(e.getMessage())), e);
    }
  }
}
