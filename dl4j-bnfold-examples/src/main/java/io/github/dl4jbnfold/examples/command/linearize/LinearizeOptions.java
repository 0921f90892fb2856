package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.model.InputShape;
import io.github.dl4jbnfold.examples.data.DataFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * How activations are chosen and how a network is fine-tuned: the options of {@link
 * LinearizeCommand}. It names no class of ND4J, which would have to be loaded before the arguments
 * are parsed.
 */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LinearizeOptions {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Labelled examples: a directory, or a file of rows.")
  private @Nullable Path data;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "What they look like: cifar10 (data_batch_1.bin to data_batch_5.bin), images (a directory"
              + " for each class), csv (the class in the last column). Default: by the files.")
  private @Nullable DataFormat format;

  @Option(
      names = "--mean",
      paramLabel = "M",
      split = ",",
      description = "Means of the channels of pixels from 0 to 1, to subtract. Default: 0.")
  private float[] means = {0};

  @Option(
      names = "--std",
      paramLabel = "S",
      split = ",",
      description =
          "Standard deviations of the channels, to divide by. Default: 1. A normalizer in MODEL is"
              + " used instead of both.")
  private float[] deviations = {1};

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "Of a SameDiff graph, the variable that labels are compared with: probabilities or scores"
              + " of classes, or one probability. More of them are preserved besides. Default:"
              + " what no operator reads.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "NAME=SIZES",
      converter = InputShape.Converter.class,
      description =
          "The shape of an input that a SameDiff graph does not declare, batch size included, such"
              + " as image=2,3,224,224; repeatable. OUT declares it, and takes batches of any"
              + " size.")
  private List<InputShape> shapes = new ArrayList<>();

  @Option(
      names = "--budget",
      paramLabel = "SHARE",
      description =
          "Choose the activations that lose least so that no more than this share of the cost"
              + " remains. Default, if nothing else is said: 0.6.")
  private @Nullable Double budget;

  @Option(
      names = "--lambda",
      paramLabel = "WEIGHT",
      description = "Train gates with this weight of their penalty, and choose by their alpha.")
  private @Nullable Double lambda;

  @Option(
      names = "--max-accuracy-loss",
      paramLabel = "POINTS",
      description =
          "The accuracy, in percentage points on the examples that are held back, that may be lost"
              + " in the end: otherwise nothing is written. Alone: choose the cheapest that loses"
              + " no more before the fine-tuning.")
  private @Nullable Double maxAccuracyLoss;

  @Option(
      names = "--unit",
      paramLabel = "UNIT",
      defaultValue = "TIME",
      description =
          "What costs are: time (of layers or operators on this machine), depth or"
              + " multiplications. Default: time.")
  private Unit unit;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "1",
      description = "Examples of one inference, for times. Default: 1.")
  private int examples;

  @Option(
      names = "--end-point",
      paramLabel = "LINE",
      defaultValue = "IDENTITY",
      description =
          "What an activation is when it is linear: identity, least-squares (the nearest line on"
              + " data) or closed-form (the nearest line by the batch normalization before it)."
              + " The last two are for networks of layers. Default: identity.")
  private Line endPoint;

  @Option(
      names = "--no-reconstruction",
      description =
          "Do not fit the layers of a merged network, from the first that was merged on, to what"
              + " the network wrote there before. SameDiff graphs are not fitted.")
  private boolean noReconstruction;

  @Option(
      names = "--pre",
      paramLabel = "STEPS",
      description = "Steps that train gates. Default: as --steps with --lambda, none otherwise.")
  private @Nullable Long pre;

  @Option(
      names = "--steps",
      paramLabel = "STEPS",
      description = "Steps that train the merged network. Default: 2 epochs.")
  private @Nullable Long steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Examples in a batch. Default: 64.")
  private int batch;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.0001",
      description = "Of the weights, with Nesterov's momentum 0.9. Default: 0.0001.")
  private double learningRate;

  @Option(
      names = "--distillation",
      paramLabel = "WEIGHT",
      defaultValue = "0.5",
      description = "The weight of MODEL as a teacher, from 0 to 1. Default: 0.5.")
  private double distillation;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Of all that is random. Default: 1.")
  private long seed;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description = "Where to remember the run. Default: OUT.run, removed when OUT is written.")
  private @Nullable Path checkpoints;

  @Option(names = "--restart", description = "Forget a run that was stopped, and begin again.")
  private boolean restart;

  /** What costs are. */
  enum Unit {
    TIME,
    DEPTH,
    MULTIPLICATIONS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** End points, without the class that ND4J comes with. */
  enum Line {
    IDENTITY,
    LEAST_SQUARES,
    CLOSED_FORM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Demands options that make sense together.
   *
   * @throws ParameterException with the option and what to give
   */
  void check(CommandSpec spec, boolean dryRun) {
    require(spec, dryRun || data != null, "--data: say where the examples are, or give --dry-run");
    require(
        spec,
        budget == null || lambda == null,
        "--budget and --lambda are two ways to choose: give one of them");
    require(
        spec,
        budget == null || (budget > 0 && budget <= 1),
        "--budget: give a share between 0 and 1, not " + budget);
    require(
        spec,
        lambda == null || (lambda >= 0 && lambda < Double.POSITIVE_INFINITY),
        "--lambda: give a number that is not negative, not " + lambda);
    require(
        spec,
        maxAccuracyLoss == null || (maxAccuracyLoss >= 0 && maxAccuracyLoss <= 100),
        "--max-accuracy-loss: give percentage points from 0 to 100, not " + maxAccuracyLoss);
    require(spec, batch > 0, "--batch: give a positive number, not " + batch);
    require(spec, examples > 0, "--examples: give a positive number, not " + examples);
    require(
        spec,
        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
        "--learning-rate: give a positive number, not " + learningRate);
    for (float mean : means) {
      require(spec, Float.isFinite(mean), "--mean: give numbers, not " + mean);
    }
    for (float deviation : deviations) {
      require(
          spec,
          deviation > 0 && Float.isFinite(deviation),
          "--std: give positive numbers, not " + deviation);
    }
    require(
        spec,
        distillation >= 0 && distillation <= 1,
        "--distillation: give a number from 0 to 1, not " + distillation);
    require(
        spec,
        (pre == null || pre >= 0) && (steps == null || steps >= 0),
        "--pre and --steps: give numbers that are not negative");
  }

  private static void require(CommandSpec spec, boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  Path data() {
    return data == null ? Path.of("") : data;
  }

  DataFormat format() {
    return format == null ? DataFormat.of(data()) : format;
  }

  float[] means() {
    return means.clone();
  }

  float[] deviations() {
    return deviations.clone();
  }

  List<String> outputs() {
    return outputs;
  }

  List<InputShape> shapes() {
    return shapes;
  }

  /** The share of the cost that may remain; null where something else decides. */
  @Nullable Double budget() {
    return budget == null && lambda == null && maxAccuracyLoss == null
        ? Double.valueOf(0.6)
        : budget;
  }

  @Nullable Double lambda() {
    return lambda;
  }

  /** As a share of all examples. */
  @Nullable Double maxAccuracyLoss() {
    return maxAccuracyLoss == null ? null : Double.valueOf(maxAccuracyLoss / 100);
  }

  Unit unit() {
    return unit;
  }

  int examples() {
    return examples;
  }

  Line endPoint() {
    return endPoint;
  }

  long preFolding(int trainingExamples) {
    if (lambda == null) {
      return 0;
    }
    return pre == null ? postFolding(trainingExamples) : pre;
  }

  long postFolding(int trainingExamples) {
    return steps == null ? 2L * Math.max(1, trainingExamples / batch) : steps;
  }

  int batch() {
    return batch;
  }

  double learningRate() {
    return learningRate;
  }

  boolean reconstructs() {
    return !noReconstruction;
  }

  double distillation() {
    return distillation;
  }

  long seed() {
    return seed;
  }

  boolean restart() {
    return restart;
  }

  Path checkpoints(Path target) {
    return checkpoints == null ? target.resolveSibling(target.getFileName() + ".run") : checkpoints;
  }

  /** Whether the folder of checkpoints is this command's own, to remove when all is done. */
  boolean ownsCheckpoints() {
    return checkpoints == null;
  }

  /** What a result depends on, besides the files, by the names of the options. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("--budget", String.valueOf(budget()));
    settings.put("--lambda", String.valueOf(lambda));
    settings.put("--max-accuracy-loss", String.valueOf(maxAccuracyLoss));
    settings.put("--unit", unit + " of " + examples);
    settings.put("--end-point", endPoint.toString());
    settings.put("--no-reconstruction", String.valueOf(noReconstruction));
    settings.put("--pre", String.valueOf(pre));
    settings.put("--steps", String.valueOf(steps));
    settings.put("--batch", String.valueOf(batch));
    settings.put("--learning-rate", String.valueOf(learningRate));
    settings.put("--distillation", String.valueOf(distillation));
    settings.put("--seed", String.valueOf(seed));
    settings.put("--output", String.valueOf(outputs));
    settings.put(
        "--shape",
        shapes.stream()
            .map(shape -> shape.placeholder() + Arrays.toString(shape.shape()))
            .toList()
            .toString());
    settings.put("--mean or --std", Arrays.toString(means) + Arrays.toString(deviations));
    return settings;
  }

  /** How activations are chosen, in words. */
  String rule() {
    Double share = budget();
    if (lambda != null) {
      return "alpha of 0.9 and more, lambda " + lambda;
    } else if (share != null) {
      return "%s %% of the %s".formatted(Math.round(100 * share), unit);
    }
    return "%s points of accuracy before the fine-tuning".formatted(maxAccuracyLoss);
  }
}
