package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.train.Checkpoints;
import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.TrainingStep;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Chooses, merges and fine-tunes. */
final class LinearizeJob<M> {
  private static final int KEPT_CHECKPOINTS = 2;
  private static final int CHECKPOINT_STEPS = 50;
  private static final int CALIBRATION = 256;
  private static final int CHOOSING = 256;

  private final LinearizeModel<M> model;
  private final LinearizeOptions options;
  private final LinearizeRun run;
  private final Consumer<String> status;

  /**
   * @param status is told what goes on
   */
  LinearizeJob(
      LinearizeModel<M> model,
      LinearizeOptions options,
      LinearizeRun run,
      Consumer<String> status) {
    this.model = model;
    this.options = options;
    this.run = run;
    this.status = status;
  }

  /** What was done, the network as a file, and drawings of it before and after. */
  record Result(LinearizeReport report, byte[] network, List<Drawing> drawings) {}

  Result run(String name) throws IOException {
    if (options.restart()) {
      run.forget();
    }
    status.accept("reading " + options.data());
    LinearizeData data = LinearizeData.read(model, options);
    SortedMap<String, String> given = options.settings();
    given.put("model", model.fingerprint());
    given.put("--data", data.fingerprint());
    run.begin(given);
    FoldingSettings settings = FoldingSettings.of(options, model).rememberedBy(run);
    if (options.endPoint() == LinearizeOptions.Line.LEAST_SQUARES || options.reconstructs()) {
      settings = settings.calibratedOn(data.calibration(CALIBRATION));
    }
    LayerFoldingResult<M> result = trainer(data, settings).run();
    requireAccuracy(result);
    LinearizeReport report = LinearizeReport.of(name, options.rule(), run, result);
    byte[] bytes = model.bytes(result.network());
    return new Result(report, bytes, model.drawings(result.network()));
  }

  private LayerFoldingTrainer<M> trainer(LinearizeData data, FoldingSettings settings)
      throws IOException {
    boolean chooses = options.lambda() == null;
    Set<String> linear = chooses ? chosen(data, settings) : Set.of();
    LayerFoldingTrainer.Builder<M> trainer =
        model
            .trainer(chooses ? settings.choosing(linear) : settings, this::remember)
            .data(data.epochs())
            .validation(data.accuracy())
            .steps(options.preFolding(data.size()), options.postFolding(data.size()))
            .updater(new Nesterovs(options.learningRate(), 0.9))
            .distillation(options.distillation())
            .seed(options.seed())
            .progress(this::show)
            .checkpoints(new Checkpoints(run.folder(), KEPT_CHECKPOINTS), CHECKPOINT_STEPS);
    Double lambda = options.lambda();
    if (lambda != null) {
      trainer.penalty(lambda, 2);
    } else {
      trainer.selection(
          (gated, alphas) -> {
            status.accept("merging");
            return linear;
          });
    }
    return trainer.build();
  }

  private void remember(LayerFoldingReport conversion) {
    try {
      run.remember(conversion);
      status.accept("comparing the merged network");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By what is measured now, or was before the run was stopped. */
  private Set<String> chosen(LinearizeData data, FoldingSettings settings) throws IOException {
    Optional<Set<String>> known = run.choice();
    if (known.isPresent()) {
      return known.get();
    }
    Choice choice = choice(data, settings);
    if (choice.linear().isEmpty() && choice.merges().isEmpty()) {
      throw new DataException(
          "No activation can become linear within %s: allow more.".formatted(options.rule()));
    }
    run.remember(choice.linear());
    return choice.linear();
  }

  private Choice choice(LinearizeData data, FoldingSettings settings) throws IOException {
    FrontierSearch.Progress progress =
        (done, all) ->
            status.accept("measuring what activations are worth: %d of %d".formatted(done, all));
    Double budget = options.budget();
    if (budget != null) {
      Validation loss = data.loss(CHOOSING);
      return within(
          remembered(model.frontier(m -> model.score(loss, m), settings, progress)), budget);
    }
    Validation accuracy = data.accuracy();
    double allowed = Objects.requireNonNull(options.maxAccuracyLoss());
    Frontier frontier =
        remembered(model.frontier(m -> 1 - model.score(accuracy, m), settings, progress));
    requireMerges(frontier);
    return frontier.losing(allowed);
  }

  private Frontier remembered(Frontier frontier) throws IOException {
    run.remember(FrontierPoint.of(frontier));
    return frontier;
  }

  private Choice within(Frontier frontier, double budget) {
    requireMerges(frontier);
    try {
      return frontier.within(budget);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(e.getMessage() + " Give a larger --budget.", e);
    }
  }

  private void requireMerges(Frontier frontier) {
    if (frontier.choices().get(0).merges().isEmpty()) {
      throw CommandFailure.refused(
          "No layers of this network can merge and save %s, whatever activations are linear: --dry-run shows what there is."
              .formatted(options.unit()));
    }
  }

  private void requireAccuracy(LayerFoldingResult<M> result) {
    Double allowed = options.maxAccuracyLoss();
    double lost = result.scores().original() - result.scores().afterFineTuning();
    if (allowed != null && lost > allowed) {
      throw CommandFailure.refused(
          String.format(
              Locale.ROOT,
              "The network lost %.2f points of accuracy, more than %.2f, and was not written. Give"
                  + " more --steps, a larger --budget, or allow more.",
              100 * lost,
              100 * allowed));
    }
  }

  private void show(TrainingStep step) {
    double alpha =
        step.alphas().values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    status.accept(
        String.format(
            Locale.ROOT,
            "%s %d of %d, loss %.4f%s, %.0f min left",
            step.phase().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            step.step(),
            step.steps(),
            step.loss(),
            step.alphas().isEmpty() ? "" : String.format(Locale.ROOT, ", mean alpha %.2f", alpha),
            Math.ceil(step.secondsLeft() / 60)));
  }
}
