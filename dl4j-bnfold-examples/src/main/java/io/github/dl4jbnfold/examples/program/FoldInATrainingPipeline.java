package io.github.dl4jbnfold.examples.program;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.data.SavedBatches;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains in threads with DL4J's ParallelWrapper. After each round the network is folded for
 * deployment, in a copy, so that the training keeps its batch normalizations; in the end gates are
 * trained, and layers merged.
 *
 * <pre>{@code
 * mvn -q compile -Dprogram=FoldInATrainingPipeline
 * mvn -q compile -Dprogram=FoldInATrainingPipeline -Dexec.args="model.zip training test deployed.zip"
 * }</pre>
 *
 * <p>{@code training} and {@code test} are directories of saved DataSets. The threads average their
 * parameters: the statistics of batch normalizations and α of the gates are among them. With shared
 * gradients, the other mode, DL4J may wait for ever on a MultiLayerNetwork. {@code
 * examples.spark.LayerFoldingOnSpark} trains gates on a cluster.
 */
public final class FoldInATrainingPipeline {
  /** For networks without batch normalizations, which are folded first; it has to be low. */
  private static final double RATE = 0.002;

  private static final double THRESHOLD = 0.9;

  /** How much of the accuracy a smaller network may cost. */
  private static final double LOSS = 0.01;

  private static final int WORKERS = 2;

  private final DataSetIterator training;
  private final DataSetIterator test;
  private final Path deployed;
  private double best;

  /**
   * A pipeline.
   *
   * @param deployed the file of the network that is in use, which another process may read
   */
  FoldInATrainingPipeline(DataSetIterator training, DataSetIterator test, Path deployed) {
    this.training = training;
    this.test = test;
    this.deployed = deployed;
  }

  /** Trains; ends the process with 1 if that fails. */
  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (IOException | FoldingException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Trains what the arguments name. */
  static void run(String... arguments) throws IOException {
    if (arguments.length == 4) {
      Path deployed = Path.of(arguments[3]);
      SavedGraph.checkFolder(deployed);
      ComputationGraph network = SavedGraph.read(Path.of(arguments[0]));
      DataSetIterator training = SavedBatches.read(Path.of(arguments[1]), network::outputSingle);
      DataSetIterator test = SavedBatches.read(Path.of(arguments[2]), network::outputSingle);
      new FoldInATrainingPipeline(training, test, deployed).run(network, 3, 5);
    } else if (arguments.length == 0) {
      DataSetIterator training = ShapeImages.batches(60, 32, 1);
      DataSetIterator test = ShapeImages.batches(10, 50, 2);
      Path deployed = Files.createTempDirectory("pipeline").resolve("deployed.zip");
      new FoldInATrainingPipeline(training, test, deployed).run(SmallNetwork.create(), 3, 2);
    } else {
      throw new IOException("Give no arguments, or four: model.zip training test deployed.zip.");
    }
  }

  /**
   * Trains a network.
   *
   * @param epochs in a round; gates get one more, and so does the network without them
   */
  void run(ComputationGraph network, int rounds, int epochs) throws IOException {
    for (int round = 1; round <= rounds; round++) {
      fit(network, epochs);
      deploy(
          "round " + round,
          BatchNormFolding.foldCopy(network, FoldingOptions.defaults()).network());
    }
    ComputationGraph merged = merged(network, epochs);
    fit(merged, epochs);
    deploy("merged", merged);
  }

  private ComputationGraph merged(ComputationGraph network, int epochs) {
    training.reset();
    long[] shape = training.next().getFeatures().shape();
    training.reset();
    String input = network.getConfiguration().getNetworkInputs().get(0);
    // Where the size of inputs is stated, layers merge with averages over all positions, too.
    LayerFoldingOptions options =
        LayerFoldingOptions.defaults().costs(Costs.DEPTH).inputShape(input, shape);
    network.setLearningRate(RATE); // Gates learn ten times as fast: no later change reaches them.
    ComputationGraph gated = LayerFolding.prepare(network, options).network();
    fit(gated, epochs);
    System.out.println("α " + LayerFolding.alphas(gated));
    Set<String> linear = LayerFolding.above(gated, THRESHOLD);
    return LayerFolding.convert(gated, linear, options).network();
  }

  /** The workers have copies of the network; in the end it has their mean. */
  private void fit(ComputationGraph network, int epochs) {
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(network)
            .workers(WORKERS)
            .trainingMode(TrainingMode.AVERAGING)
            .averagingFrequency(5)
            .prefetchBuffer(0)
            .build();
    try {
      for (int epoch = 0; epoch < epochs; epoch++) {
        wrapper.fit(training);
      }
    } finally {
      wrapper.shutdown();
    }
  }

  /** Whoever reads the file finds the network before or this one, and never a part of it. */
  private void deploy(String what, ComputationGraph network) throws IOException {
    double accuracy = network.evaluate(test).accuracy();
    boolean better = accuracy >= best - LOSS;
    if (better) {
      best = Math.max(best, accuracy);
      Path part = deployed.resolveSibling("." + deployed.getFileName() + ".part");
      network.save(part.toFile(), false);
      Files.move(part, deployed, ATOMIC_MOVE, REPLACE_EXISTING);
    }
    System.out.printf(
        Locale.ROOT,
        "%-8s depth %d, accuracy %.3f, %s%n",
        what,
        LayerFolding.depth(network),
        accuracy,
        better ? "written to " + deployed : "not written: the one before is better");
  }
}
