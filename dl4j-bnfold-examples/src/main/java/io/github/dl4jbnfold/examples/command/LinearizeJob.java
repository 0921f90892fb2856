package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.data.Examples;
import io.github.dl4jbnfold.examples.data.PixelNormalization;
import io.github.dl4jbnfold.examples.data.TrainingSet;
import io.github.dl4jbnfold.file.NetworkFileException;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.train.Checkpoints;
import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.Fingerprint;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.TrainingStep;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Chooses, merges and fine-tunes. */
final class LinearizeJob<M extends Model> {
  private static final int KEPT_CHECKPOINTS = 2;
  private static final int CHECKPOINT_STEPS = 50;
  private static final int CALIBRATION = 256;
  private static final int CHOOSING = 256;
  private static final int IMAGE_RANK = 3;
  private static final int COLOURS = 3;

  private final LinearizeModel<M> model;
  private final LinearizeOptions options;
  private final LinearizeRun run;
  private final Progress progress;

  LinearizeJob(
      LinearizeModel<M> model, LinearizeOptions options, LinearizeRun run, Progress progress) {
    this.model = model;
    this.options = options;
    this.run = run;
    this.progress = progress;
  }

  /** The network as a file, and what was done. */
  record Result(LinearizeReport report, byte[] network) {}

  Result run(String name) throws IOException {
    if (options.restart()) {
      run.forget();
    }
    progress.show("reading " + options.data());
    TrainingSet data = data();
    SortedMap<String, String> settings = options.settings();
    settings.put(
        "model",
        Fingerprint.of(
            model.source().structure().steps().toString(), List.of(model.network().params())));
    settings.put("--data", data.fingerprint());
    run.begin(settings);
    FoldingSettings folding = FoldingSettings.of(options, model);
    if (options.endPoint() == LinearizeOptions.Line.LEAST_SQUARES) {
      folding = folding.calibratedOn(data.calibration(CALIBRATION));
    }
    LayerFoldingResult<M> result = trainer(data, folding.build()).run();
    requireAccuracy(result);
    LinearizeReport report = LinearizeReport.of(name, options.rule(), run.conversion(), result);
    return new Result(report, bytes(result.network()));
  }

  private TrainingSet data() throws IOException {
    LinearizeModel.Shapes shapes = model.shapes();
    long[] input = shapes.input();
    if (shapes.output().length != 1) {
      throw new DataException("Networks that tell classes apart can be trained here.");
    }
    boolean channelsLast = isChannelsLast(input);
    long[] plain = channelsLast ? new long[] {input[2], input[0], input[1]} : input;
    Examples examples = options.format().read(options.data(), plain);
    long[] read = examples.features(new int[] {0}, null).shape();
    if (!Arrays.equals(Arrays.copyOfRange(read, 1, read.length), plain)) {
      throw new DataException(
          "An example has the shape %s, and the network reads %s."
              .formatted(Arrays.toString(read), Arrays.toString(plain)));
    }
    int classes = Math.toIntExact(shapes.output()[0]);
    UnaryOperator<INDArray> normalization = normalization(plain);
    return new TrainingSet(
        examples,
        classes,
        options.batch(),
        channelsLast ? x -> normalization.apply(x).permute(0, 2, 3, 1).dup('c') : normalization);
  }

  /** Whether an image is [height, width, channels]. */
  private static boolean isChannelsLast(long... input) {
    return input.length == IMAGE_RANK
        && input[0] != 1
        && input[0] != COLOURS
        && (input[2] == 1 || input[2] == COLOURS);
  }

  private UnaryOperator<INDArray> normalization(long... shape) throws IOException {
    try {
      Optional<DataNormalization> normalizer = model.file().normalizer();
      if (normalizer.isPresent()) {
        return features -> {
          INDArray normalized = features.dup();
          normalizer.get().transform(normalized);
          return normalized;
        };
      }
    } catch (NetworkFileException e) {
      throw new DataException("The normalizer of the model is unreadable: " + e.getMessage(), e);
    }
    if (shape.length != IMAGE_RANK) {
      return UnaryOperator.identity();
    }
    for (int given : new int[] {options.means().length, options.deviations().length}) {
      if (given != 1 && given != shape[0]) {
        throw CommandFailure.usage(
            "--mean and --std: give one number, or %d, one for each channel, not %d."
                .formatted(shape[0], given));
      }
    }
    return new PixelNormalization(options.means(), options.deviations());
  }

  private LayerFoldingTrainer<M> trainer(TrainingSet data, LayerFoldingOptions settings)
      throws IOException {
    boolean chooses = options.lambda() == null;
    Set<String> linear = chooses ? chosen(data, settings) : Set.of();
    LayerFoldingOptions certain = chooses ? settings.expecting(linear::contains) : settings;
    LayerFoldingTrainer.Builder<M> trainer =
        model
            .trainer(certain, this::remember)
            .data(Epochs.of(data::epoch))
            .validation(Validation.accuracy(data::validation))
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
      trainer.selection((gated, alphas) -> linear);
    }
    return trainer.build();
  }

  private void remember(LayerFoldingReport conversion) {
    try {
      run.remember(conversion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By what is measured now, or was before the run was stopped. */
  private Set<String> chosen(TrainingSet data, LayerFoldingOptions settings) throws IOException {
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

  private Choice choice(TrainingSet data, LayerFoldingOptions settings) {
    Double budget = options.budget();
    if (budget != null) {
      Validation loss = Validation.loss(() -> data.validation(CHOOSING));
      return within(model.frontier(loss::of, settings, progress), budget);
    }
    Validation accuracy = Validation.accuracy(data::validation);
    double allowed = Objects.requireNonNull(options.maxAccuracyLoss());
    return model.frontier(m -> 1 - accuracy.of(m), settings, progress).losing(allowed);
  }

  private static Choice within(Frontier frontier, double budget) {
    try {
      return frontier.within(budget);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(e.getMessage() + " Give a larger --budget.", e);
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

  private byte[] bytes(M network) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    model.file().with(network).write(bytes);
    return bytes.toByteArray();
  }

  private void show(TrainingStep step) {
    double alpha =
        step.alphas().values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    progress.show(
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
