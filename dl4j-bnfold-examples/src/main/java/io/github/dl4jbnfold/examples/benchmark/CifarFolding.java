package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.train.Checkpoints;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.TrainingStep;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Layer folding of a network that was trained on CIFAR-10, with the rule of the paper: gates are
 * trained, those at 0.9 and above become linear, what meets is merged and fine-tuned.
 *
 * <pre>{@code
 * java -Xmx4g -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.CifarFolding \
 *     MODEL.zip CIFAR10_DIRECTORY CHECKPOINTS STEPS_OF_PRE_FOLDING STEPS_OF_POST_FOLDING
 * }</pre>
 *
 * <p>A run that was killed goes on when it is started again.
 */
public final class CifarFolding {
  private static final int BATCH = 64;
  private static final int VALIDATION = 1000;
  private static final int CHECKPOINT_STEPS = 25;

  private CifarFolding() {}

  /** Folds, and prints each step and the result. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      System.err.println("Usage: CifarFolding MODEL CIFAR10_DIRECTORY CHECKPOINTS STEPS STEPS");
      System.exit(2);
    }
    ComputationGraph network = (ComputationGraph) NetworkFile.read(Path.of(arguments[0])).network();
    Cifar10 images = Cifar10.training(Path.of(arguments[1]));
    int training = images.count() - VALIDATION;
    Cifar10 held = images.part(training, images.count());
    LayerFoldingResult<ComputationGraph> result =
        LayerFolding.trainer(network, LayerFoldingOptions.defaults().costs(Costs.DEPTH))
            .data(Epochs.of(seed -> epoch(images.part(0, training), seed)))
            .validation(Validation.accuracy(() -> new MultiDataSetIteratorAdapter(inOrder(held))))
            .steps(Long.parseLong(arguments[3]), Long.parseLong(arguments[4]))
            .updater(new Nesterovs(0.001, 0.9))
            .baseline(true)
            .progress(CifarFolding::print)
            .checkpoints(new Checkpoints(Path.of(arguments[2]), 2), CHECKPOINT_STEPS)
            .build()
            .run();
    System.out.printf(
        Locale.ROOT,
        "linear: %s%nalphas: %s%nscores: %s%n",
        result.linear(),
        result.alphas(),
        result.scores());
    result.network().save(Path.of(arguments[2]).resolve("folded.zip").toFile(), true);
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

  /** All images once, in random order, moved and mirrored. */
  private static DataSetIterator epoch(Cifar10 images, long seed) {
    int[] order = IntStream.range(0, images.count()).toArray();
    Random random = new Random(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return batches(
        IntStream.range(0, order.length / BATCH)
            .mapToObj(b -> images.batch(part(order, b), new Random(seed + 31L * b)))
            .iterator());
  }

  private static DataSetIterator inOrder(Cifar10 images) {
    int[] order = IntStream.range(0, images.count()).toArray();
    return batches(
        IntStream.range(0, (order.length + BATCH - 1) / BATCH)
            .mapToObj(b -> images.batch(part(order, b), null))
            .iterator());
  }

  private static int[] part(int[] order, int batch) {
    return Arrays.copyOfRange(order, batch * BATCH, Math.min(order.length, (batch + 1) * BATCH));
  }

  private static DataSetIterator batches(Iterator<DataSet> batches) {
    return new ExistingDataSetIterator(batches);
  }
}
