package io.github.dl4jbnfold.examples.program;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.data.SavedBatches;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Fine-tunes a trained network to fewer layers with DL4J's own early stopping: gates are trained,
 * those that have become lines are taken out with {@link LayerFolding#convert}, layers that meet
 * are merged, and the smaller network is trained on.
 *
 * <pre>{@code
 * mvn -q compile -Dprogram=FineTuneToFewerLayers
 * mvn -q compile -Dprogram=FineTuneToFewerLayers -Dexec.args="model.zip training test fewer.zip"
 * }</pre>
 *
 * <p>{@code training} and {@code test} are directories of saved DataSets. Both trainings write
 * their statistics, α of the gates among them, to one storage. DL4J's page in the browser shows
 * them while they go on: add {@code org.deeplearning4j:deeplearning4j-ui} to your dependencies and
 * call {@code UIServer.getInstance().attach(statistics)} before the training. To look at them
 * later, or from another process, use its {@code FileStatsStorage} in place of the storage in
 * memory.
 */
public final class FineTuneToFewerLayers {
  /** For networks without batch normalizations, which are folded first; it has to be low. */
  private static final double RATE = 0.002;

  private static final double THRESHOLD = 0.9;
  private static final int PATIENCE = 3;
  private static final int REPORTS = 5;

  private final StatsStorage statistics;
  private final DataSetIterator training;
  private final DataSetIterator test;
  private final int epochs;

  /**
   * A job.
   *
   * @param epochs at most, of each training
   */
  FineTuneToFewerLayers(
      StatsStorage statistics, DataSetIterator training, DataSetIterator test, int epochs) {
    this.statistics = statistics;
    this.training = training;
    this.test = test;
    this.epochs = epochs;
  }

  /** Fine-tunes; ends the process with 1 if that fails. */
  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (IOException | FoldingException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Fine-tunes what the arguments name. */
  static void run(String... arguments) throws IOException {
    StatsStorage statistics = new InMemoryStatsStorage();
    if (arguments.length == 4) {
      Path fewer = Path.of(arguments[3]);
      SavedGraph.checkFolder(fewer);
      ComputationGraph network = SavedGraph.read(Path.of(arguments[0]));
      DataSetIterator training = SavedBatches.read(Path.of(arguments[1]), network::outputSingle);
      DataSetIterator test = SavedBatches.read(Path.of(arguments[2]), network::outputSingle);
      new FineTuneToFewerLayers(statistics, training, test, 50)
          .run(network, LayerFoldingOptions.defaults())
          .save(fewer.toFile(), true);
    } else if (arguments.length == 0) {
      DataSetIterator training = ShapeImages.batches(60, 32, 1);
      ComputationGraph network = SmallNetwork.create();
      network.fit(training, 6);
      new FineTuneToFewerLayers(statistics, training, ShapeImages.batches(10, 50, 2), 3)
          .run(network, LayerFoldingOptions.defaults());
    } else {
      throw new IOException("Give no arguments, or four: model.zip training test fewer.zip.");
    }
  }

  ComputationGraph run(ComputationGraph network, LayerFoldingOptions given) throws IOException {
    report("trained", network);
    training.reset();
    long[] shape = training.next().getFeatures().shape();
    training.reset();
    String input = network.getConfiguration().getNetworkInputs().get(0);
    // Where the size of inputs is stated, layers merge with averages over all positions, too.
    LayerFoldingOptions options = given.costs(Costs.DEPTH).inputShape(input, shape);
    network.setLearningRate(RATE); // Gates learn ten times as fast: no later change reaches them.
    ComputationGraph gated = fit(LayerFolding.prepare(network, options).network());
    System.out.println("α " + LayerFolding.alphas(gated));
    Set<String> linear = LayerFolding.above(gated, THRESHOLD);
    var merged = LayerFolding.convert(gated, linear, options);
    System.out.print(merged.report().toText());
    report("merged", merged.network());
    ComputationGraph fewer = fit(merged.network());
    report("fine-tuned", fewer);
    return fewer;
  }

  /** The score is the loss on the test data, with the penalty of gates that are not closed. */
  private ComputationGraph fit(ComputationGraph network) throws IOException {
    network.setListeners(new StatsListener(statistics, REPORTS));
    EarlyStoppingConfiguration<ComputationGraph> stopping =
        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
            .epochTerminationConditions(
                new MaxEpochsTerminationCondition(epochs),
                new ScoreImprovementEpochTerminationCondition(PATIENCE))
            .scoreCalculator(new DataSetLossCalculator(test, true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<ComputationGraph> result =
        new EarlyStoppingGraphTrainer(stopping, network, training).fit();
    if (result.getTerminationReason() == TerminationReason.Error) { // It throws nothing.
      throw new IOException("The training failed: " + result.getTerminationDetails());
    }
    System.out.printf(
        "scores by epoch %s, the best in epoch %d%n",
        result.getScoreVsEpoch(), result.getBestModelEpoch());
    return result.getBestModel();
  }

  private void report(String what, ComputationGraph network) {
    System.out.printf(
        Locale.ROOT,
        "%-10s depth %d, accuracy %.3f%n",
        what,
        LayerFolding.depth(network),
        network.evaluate(test).accuracy());
  }
}
