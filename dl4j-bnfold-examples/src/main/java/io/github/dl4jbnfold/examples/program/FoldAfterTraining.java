package io.github.dl4jbnfold.examples.program;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.data.SavedBatches;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains a network, folds its batch normalizations, and goes on training without them: a step of
 * the training becomes faster, too.
 *
 * <pre>{@code
 * mvn -q compile -Dprogram=FoldAfterTraining
 * mvn -q compile -Dprogram=FoldAfterTraining -Dexec.args="model.zip training test"
 * }</pre>
 *
 * <p>{@code training} and {@code test} are directories of saved DataSets. What to keep in mind
 * where a training goes on:
 *
 * <ul>
 *   <li>The folded network has the state of the updater, rescaled as its weights were, and counts
 *       iterations on. Schedules and momentum go on as if nothing had happened.
 *   <li>Nothing normalizes any more, so the learning rate has to be lower: a tenth, or less.
 *   <li>Constraints, L1, L2, weight decay and gradient clipping act on the folded weights from now
 *       on, which are others. Take constraints off before: they would change what the network
 *       computes.
 *   <li>{@code foldCopy} leaves the original as it is. Where it is to be trained much longer, train
 *       that one, with its normalizations, and fold again. {@code fold} works in place.
 * </ul>
 */
public final class FoldAfterTraining {
  private static final int EPOCHS = 5;
  private static final long NANOSECONDS = 3_000_000_000L;
  private static final double LOW_RATE = 0.002;

  private FoldAfterTraining() {}

  /**
   * What was measured.
   *
   * @param trained before the fold
   * @param folded after the fold
   * @param further after the training that followed
   */
  record Accuracies(double trained, double folded, double further) {}

  /** Trains and folds; ends the process with 1 if that fails. */
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
    if (arguments.length == 3) {
      ComputationGraph network = SavedGraph.read(Path.of(arguments[0]));
      train(
          network,
          SavedBatches.read(Path.of(arguments[1]), network::outputSingle),
          SavedBatches.read(Path.of(arguments[2]), network::outputSingle),
          EPOCHS);
    } else if (arguments.length == 0) {
      train(
          SmallNetwork.create(),
          ShapeImages.batches(60, 32, 1),
          ShapeImages.batches(10, 50, 2),
          EPOCHS);
    } else {
      throw new IOException("Give no arguments, or three: model.zip training test.");
    }
  }

  /** Trains, folds, and trains on for a third of the epochs. */
  static Accuracies train(
      ComputationGraph network, DataSetIterator training, DataSetIterator test, int epochs) {
    network.fit(training, epochs);

    var result = BatchNormFolding.foldCopy(network, FoldingOptions.defaults());
    ComputationGraph folded = result.network();
    System.out.print(result.report().toText());
    double before = accuracy("trained", network, test);
    double after = accuracy("folded", folded, test);
    compareTimes(network, folded, test);

    folded.setLearningRate(LOW_RATE);
    folded.fit(training, Math.max(1, epochs / 3));
    return new Accuracies(before, after, accuracy("trained on", folded, test));
  }

  private static double accuracy(String what, ComputationGraph network, DataSetIterator test) {
    double accuracy = network.evaluate(test).accuracy();
    System.out.printf(Locale.ROOT, "%-10s accuracy %.3f%n", what, accuracy);
    return accuracy;
  }

  /** Runs in turns for some seconds, so that whatever else the machine does hits both. */
  private static void compareTimes(
      ComputationGraph before, ComputationGraph after, DataSetIterator test) {
    test.reset();
    INDArray batch = test.next().getFeatures();
    test.reset();
    List<Double> trained = new ArrayList<>();
    List<Double> folded = new ArrayList<>();
    long end = System.nanoTime() + NANOSECONDS;
    while (System.nanoTime() < end) {
      trained.add(milliseconds(() -> before.outputSingle(batch)));
      folded.add(milliseconds(() -> after.outputSingle(batch)));
    }
    System.out.printf(
        Locale.ROOT,
        "a batch of %d takes %.1f ms before and %.1f ms after%n",
        batch.size(0),
        median(trained),
        median(folded));
  }

  /** Of the last half: the first runs warm up. */
  private static double median(List<Double> times) {
    List<Double> last = times.subList(times.size() / 2, times.size());
    return last.stream().sorted().skip(last.size() / 2).findFirst().orElseThrow();
  }

  private static double milliseconds(Runnable job) {
    long start = System.nanoTime();
    job.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
