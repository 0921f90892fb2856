package io.github.dl4jbnfold.examples.spark;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Layer folding on Spark, with DL4J's own training there: gates are trained, those that have become
 * lines are taken out, what meets is merged on the driver, and the smaller network is fine-tuned.
 *
 * <pre>{@code
 * spark-submit --jars dl4j-spark_2.12-1.0.0-M2.jar,deeplearning4j-core-1.0.0-M2.1.jar \
 *     --class io.github.dl4jbnfold.examples.spark.LayerFoldingOnSpark \
 *     bnfold.jar folded.zip --model network.zip --data hdfs:///images
 * }</pre>
 */
@Command(
    name = "LayerFoldingOnSpark",
    mixinStandardHelpOptions = true,
    description = {
      "Trains gates in the place of a network's activations on Spark, merges the layers between"
          + " those that have become linear, and trains the result.",
      "Without a Spark master, one is started in this process."
    })
public final class LayerFoldingOnSpark implements Callable<Integer> {
  private static final int DRAWN = 80;
  private static final int HELD = 20;

  /** Epochs of the network that was not trained before. */
  private static final int FIRST = 8;

  /** Without batch normalizations, which are folded first, its first learning rate is too high. */
  private static final double SLOWLY = 0.002;

  private static final LayerFoldingOptions OPTIONS =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH);

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(paramLabel = "OUT", description = "Where the driver writes the network (.zip).")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A trained network of DL4J (.zip) that classifies. Default: a small one for generated"
              + " images, which is trained first.")
  private @Nullable Path model;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "Saved DataSets, each of them a batch. Default: generated images.")
  private @Nullable String data;

  @Option(
      names = "--test",
      paramLabel = "DIRECTORY",
      description = "Saved DataSets to measure the accuracy on.")
  private @Nullable String test;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Of the training of the gates. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--fine-tuning",
      paramLabel = "N",
      defaultValue = "3",
      description = "Epochs with the merged network. Default: ${DEFAULT-VALUE}.")
  private int fineTuning;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description =
          "The learning rate from now on; that of gates is ten times as large. Default: that of the"
              + " network.")
  private @Nullable Double rate;

  @Option(
      names = "--threshold",
      paramLabel = "ALPHA",
      defaultValue = "0.9",
      description = "Gates at it or above become linear. Default: ${DEFAULT-VALUE}.")
  private double threshold;

  @Option(
      names = "--averaging",
      paramLabel = "N",
      defaultValue = "5",
      description = "After how many batches workers average. Default: ${DEFAULT-VALUE}.")
  private int averaging;

  /** Only {@link #main} makes one. */
  private LayerFoldingOnSpark() {}

  /** Folds; ends the process if that fails. */
  public static void main(String[] arguments) {
    int code =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * Folds.
   *
   * @return 0 if it is done, 1 if it failed, 2 for bad usage
   */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new LayerFoldingOnSpark())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(
            (failure, given) -> {
              err.println(failure.getMessage() + " See --help.");
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (failure, command, given) -> {
              err.println(message(failure));
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(arguments);
  }

  /** What a worker reported, however deep Spark has wrapped it. */
  private static String message(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JobFailure || cause instanceof FoldingException) {
        return String.valueOf(cause.getMessage());
      }
    }
    String first = String.valueOf(failure).lines().findFirst().orElse("");
    return "Spark could not do it (%s). Maybe its log says where.".formatted(first);
  }

  @Override
  public Integer call() throws IOException {
    check();
    Model network = model == null ? SmallNetwork.create() : SavedNetwork.read(model);
    try (JavaSparkContext spark = new JavaSparkContext(configuration())) {
      JavaRDD<DataSet> batches =
          data == null ? Batches.shapes(spark, DRAWN, 1) : Batches.saved(spark, data);
      SparkTraining training =
          new SparkTraining(spark, Examples.inOneOf(batches, network), averaging);
      if (network instanceof ComputationGraph graph) {
        fold(graph, training, batches, held(spark)).save(out.toFile(), true);
      } else {
        fold((MultiLayerNetwork) network, training, batches, held(spark)).save(out.toFile(), true);
      }
    }
    say("written to %s", out);
    return 0;
  }

  private ComputationGraph fold(
      ComputationGraph network,
      SparkTraining training,
      JavaRDD<DataSet> batches,
      @Nullable JavaRDD<DataSet> held) {
    if (model == null) {
      training.fit(network, batches, FIRST);
      network.setLearningRate(SLOWLY);
    }
    if (rate != null) {
      network.setLearningRate(rate);
    }
    saySize("the network", network.getNumLayers(), network.numParams());
    sayAccuracy(held == null ? null : training.accuracy(network, held));
    var prepared = LayerFolding.prepare(network, OPTIONS);
    training.fit(prepared.network(), batches, epochs);
    Map<String, Double> alphas = LayerFolding.alphas(prepared.network());
    sayGates(alphas, held == null ? null : training.accuracy(prepared.network(), held));
    Set<String> linear = LayerFolding.above(prepared.network(), threshold);
    ComputationGraph merged = LayerFolding.convert(prepared.network(), linear, OPTIONS).network();
    saySize("merged", merged.getNumLayers(), merged.numParams());
    training.fit(merged, batches, fineTuning);
    sayAccuracy(held == null ? null : training.accuracy(merged, held));
    return merged;
  }

  private MultiLayerNetwork fold(
      MultiLayerNetwork network,
      SparkTraining training,
      JavaRDD<DataSet> batches,
      @Nullable JavaRDD<DataSet> held) {
    if (rate != null) {
      network.setLearningRate(rate);
    }
    saySize("the network", network.getnLayers(), network.numParams());
    sayAccuracy(held == null ? null : training.accuracy(network, held));
    var prepared = LayerFolding.prepare(network, OPTIONS);
    training.fit(prepared.network(), batches, epochs);
    Map<String, Double> alphas = LayerFolding.alphas(prepared.network());
    sayGates(alphas, held == null ? null : training.accuracy(prepared.network(), held));
    Set<String> linear = LayerFolding.above(prepared.network(), threshold);
    MultiLayerNetwork merged = LayerFolding.convert(prepared.network(), linear, OPTIONS).network();
    saySize("merged", merged.getnLayers(), merged.numParams());
    training.fit(merged, batches, fineTuning);
    sayAccuracy(held == null ? null : training.accuracy(merged, held));
    return merged;
  }

  private @Nullable JavaRDD<DataSet> held(JavaSparkContext spark) {
    if (test != null) {
      return Batches.saved(spark, test);
    }
    return data == null ? Batches.shapes(spark, HELD, 2) : null;
  }

  private void check() {
    if (epochs < 1 || fineTuning < 0 || averaging < 1 || !(threshold >= 0 && threshold <= 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "--epochs and --averaging are 1 or more, --fine-tuning is 0 or more, and --threshold is"
              + " between 0 and 1.");
    }
    if (model != null && data == null) {
      throw new ParameterException(
          spec.commandLine(), "--model needs --data: the generated images are of other networks.");
    }
    if (Files.exists(out)) {
      throw new JobFailure("%s: it exists already. Give another name.".formatted(out));
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new JobFailure("%s: there is no directory '%s'. Make it first.".formatted(out, folder));
    }
  }

  /** What spark-submit says; else Spark in this process, which nobody else can reach. */
  private static SparkConf configuration() {
    SparkConf configuration = new SparkConf().setIfMissing("spark.app.name", "layer folding");
    if (!configuration.contains("spark.master")) {
      configuration
          .setMaster("local[*]")
          .setIfMissing("spark.ui.enabled", "false")
          .setIfMissing("spark.driver.host", "127.0.0.1")
          .setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    return configuration;
  }

  private void saySize(String what, int layers, long parameters) {
    say("%s: %d layers, %,d parameters", what, layers, parameters);
  }

  private void sayAccuracy(@Nullable Double accuracy) {
    if (accuracy != null) {
      say("  accuracy %.4f", accuracy);
    }
  }

  private void sayGates(Map<String, Double> alphas, @Nullable Double accuracy) {
    say("with gates:");
    alphas.forEach((name, alpha) -> say("  %-20s %.3f", name, alpha));
    sayAccuracy(accuracy);
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
  }
}
