package io.github.dl4jbnfold.examples.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.network.MeasuredCosts;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.train.Checkpoints;
import io.github.dl4jbnfold.linearize.train.CosineSchedule;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.TrainingStep;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Nesterovs;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Layer folding of a network that was trained on CIFAR-10. A run that was killed goes on when it is
 * started again with the same arguments; at the end the accuracy on all test images is in
 * result.json of its directory, from which {@link CifarTable} makes a table.
 *
 * <pre>{@code
 * java -Xmx4g -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.CifarFolding \
 *     MODEL.zip CIFAR10_DIRECTORY RUN_DIRECTORY --rule BUDGET --budget 0.6 --post 300
 * }</pre>
 */
@Command(name = "CifarFolding", showDefaultValues = true, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CifarFolding implements Callable<Integer> {
  private static final int CHECKPOINT_STEPS = 25;
  private static final int CALIBRATION = 256;
  private static final int CHOOSING = 256;
  private static final int WARMUP_SHARE = 20;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Parameters(index = "0", description = "a network that was trained on CIFAR-10")
  private Path model;

  @Parameters(index = "1", description = "data_batch_1.bin … test_batch.bin")
  private Path cifar;

  @Parameters(index = "2", description = "of the checkpoints and the result")
  private Path directory;

  @Option(names = "--rule", defaultValue = "THRESHOLD", description = "${COMPLETION-CANDIDATES}")
  private Rule rule;

  @Option(names = "--budget", defaultValue = "0.6", description = "share of the cost that may stay")
  private double budget;

  @Option(names = "--unit", defaultValue = "DEPTH", description = "${COMPLETION-CANDIDATES}")
  private Unit unit;

  @Option(names = "--examples", defaultValue = "1", description = "of one inference, for times")
  private int examples;

  @Option(names = "--pre", defaultValue = "0", description = "steps of pre-folding")
  private long pre;

  @Option(names = "--post", defaultValue = "300", description = "steps of post-folding")
  private long post;

  @Option(names = "--lambda", defaultValue = "0.25", description = "weight of the penalty")
  private double lambda;

  @Option(names = "--end-point", defaultValue = "IDENTITY", description = "of linear activations")
  private EndPoint endPoint;

  @Option(
      names = "--reconstruction",
      defaultValue = "256",
      description = "images to which merged layers are fitted; 0 for not at all")
  private int reconstruction;

  @Option(names = "--distillation", defaultValue = "0.5", description = "weight of the teacher")
  private double distillation;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.0002",
      description = "of the weights; it rises, and falls as a cosine does")
  private double learningRate;

  @Option(names = "--seed", defaultValue = "1", description = "of all that is random")
  private long seed;

  /** How activations are chosen. */
  enum Rule {
    /** None becomes linear: what a fine-tuning alone does. */
    NONE,
    /** Those whose trained α is at least 0.9, as in the paper. */
    THRESHOLD,
    /** Those that lose least under a budget. */
    BUDGET
  }

  /** What costs are. */
  enum Unit {
    /** Layers on the longest path. */
    DEPTH,
    /** Seconds of layers on this machine. */
    TIME
  }

  /** Folds, and prints each step and the result. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Does the same, and gives back the exit code. */
  static int run(String... arguments) {
    return new CommandLine(new CifarFolding()).execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    ComputationGraph network = (ComputationGraph) NetworkFile.read(model).network();
    CifarBatches images = CifarBatches.read(cifar);
    LayerFoldingOptions options = options(images);
    LayerFoldingTrainer.Builder<ComputationGraph> trainer;
    if (rule == Rule.THRESHOLD) {
      trainer = LayerFolding.trainer(network, options, CifarFolding::print);
    } else {
      Set<String> linear = rule == Rule.NONE ? Set.of() : chosen(network, images, options);
      trainer =
          LayerFolding.trainer(network, options.expecting(linear::contains), CifarFolding::print)
              .selection((gated, alphas) -> linear);
    }
    LayerFoldingResult<ComputationGraph> result =
        trainer
            .data(Epochs.of(images.training()::epoch))
            .validation(Validation.accuracy(images.training()::validation))
            .steps(pre, post)
            .penalty(lambda, 2)
            .distillation(distillation)
            .updater(updater())
            .seed(seed)
            .progress(CifarFolding::print)
            .checkpoints(new Checkpoints(directory.resolve("checkpoints"), 2), CHECKPOINT_STEPS)
            .build()
            .run();
    result.network().save(directory.resolve("folded.zip").toFile(), true);
    write("result.json", FoldedCifar.of(this.toString(), network, result, images, pre + post));
    return 0;
  }

  private Nesterovs updater() {
    int steps = Math.toIntExact(Math.max(pre, post));
    return new Nesterovs(
        new CosineSchedule(learningRate, steps, steps / WARMUP_SHARE, learningRate / 100), 0.9);
  }

  private LayerFoldingOptions options(CifarBatches images) {
    Costs costs =
        unit == Unit.DEPTH ? Costs.DEPTH : MeasuredCosts.onThisMachine(DataType.FLOAT, examples);
    LayerFoldingOptions options =
        LayerFoldingOptions.defaults().costs(costs).foldingBatchNorms(rule != Rule.NONE);
    if (reconstruction > 0) {
      options = options.reconstructing(images.training().calibration(reconstruction));
    }
    return endPoint == EndPoint.LEAST_SQUARES
        ? options.leastSquares(images.training().calibration(CALIBRATION))
        : options.endPoint(endPoint);
  }

  /** Measured once: times are never the same again, and a run has to go on with its own choice. */
  private Set<String> chosen(
      ComputationGraph network, CifarBatches images, LayerFoldingOptions options)
      throws IOException {
    Path file = directory.resolve("choice.json");
    if (!Files.exists(file)) {
      Frontier frontier =
          LayerFolding.frontier(
              network,
              CrossEntropy.on(() -> images.training().validation(CHOOSING)),
              options,
              (done, all) -> System.out.printf("importance %d of %d%n", done, all));
      Choice choice = frontier.within(budget);
      System.out.printf(
          Locale.ROOT,
          "chosen: cost %.4g of %.4g, loss +%.4f, linear %s%n",
          choice.cost(),
          frontier.costBefore(),
          choice.loss(),
          choice.linear());
      write("choice.json", new TreeSet<>(choice.linear()));
    }
    return Set.of(JSON.readValue(file.toFile(), String[].class));
  }

  private void write(String name, Object value) throws IOException {
    JSON.writeValue(directory.resolve(name).toFile(), value);
  }

  /** The rule and what belongs to it. */
  @Override
  public String toString() {
    return switch (rule) {
      case NONE -> "none";
      case THRESHOLD -> String.format(Locale.ROOT, "threshold 0.9, λ = %s", lambda);
      case BUDGET ->
          String.format(Locale.ROOT, "%.0f %% of the %s", 100 * budget, unit)
              .toLowerCase(Locale.ROOT);
    };
  }

  private static void print(LayerFoldingReport merged) {
    System.out.print(merged.toText());
  }

  private static void print(TrainingStep step) {
    double mean =
        step.alphas().values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "%s %d of %d: loss %.4f, mean alpha %.3f, %.0f s left%n",
        step.phase(),
        step.step(),
        step.steps(),
        step.loss(),
        mean,
        step.secondsLeft());
  }
}
