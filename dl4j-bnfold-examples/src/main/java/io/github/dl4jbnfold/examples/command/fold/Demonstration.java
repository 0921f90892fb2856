package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.examples.measure.Predictions;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.ShapeModel;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The whole story on the network that ships with the command: fold, same predictions, less time.
 */
final class Demonstration {
  private static final int IMAGES = 1000;
  private static final int[] BATCHES = {1, 64};
  private static final int ROUNDS = 25;

  private final long seed;

  Demonstration(long seed) {
    this.seed = seed;
  }

  /**
   * What it showed, as data that become JSON.
   *
   * @param threads that ND4J computed with
   */
  record Result(
      FoldReport report,
      Predictions predictions,
      double accuracyBefore,
      double accuracyAfter,
      int threads,
      List<BatchTimes> times) {
    String toText() {
      return "A trained network that tells %s apart in %d x %d images:%n%n%s%n%s%n%s"
          .formatted(
              String.join(", ", ShapeImages.CLASSES),
              ShapeImages.SIZE,
              ShapeImages.SIZE,
              report.toText(),
              comparison(),
              measured());
    }

    private String comparison() {
      return String.format(
          Locale.ROOT,
          "%,d generated images: %,d predictions are the same (%d changed, %d ties within"
              + " rounding)%n  largest difference of a logit %.2e (largest logit %.1f)%n  accuracy"
              + " %.2f %% before, %.2f %% after%n",
          predictions.images(),
          predictions.images() - predictions.changed() - predictions.ties(),
          predictions.changed(),
          predictions.ties(),
          predictions.largestError(),
          predictions.largestLogit(),
          100 * accuracyBefore,
          100 * accuracyAfter);
    }

    private String measured() {
      StringBuilder text = new StringBuilder();
      for (BatchTimes batch : times) {
        text.append(
            String.format(
                Locale.ROOT,
                "  batch of %2d: %.2f ms before, %.2f ms after%n",
                batch.size,
                batch.milliseconds.before(),
                batch.milliseconds.after()));
      }
      return "Time, medians of %d runs in turns, %d thread%s:%n%s"
          .formatted(ROUNDS, threads, threads == 1 ? "" : "s", text);
    }
  }

  /**
   * Times of one batch size.
   *
   * @param size examples in a batch
   * @param milliseconds medians of a batch
   */
  record BatchTimes(int size, PairTimes milliseconds) {}

  Result run(Progress progress) {
    progress.show("loading the network");
    SameDiff network = ShapeModel.load();
    PairTimes.preferOneThread();
    progress.show("folding the network");
    BatchNormFolding.Folded<SameDiff> folded =
        BatchNormFolding.foldCopy(
            network,
            FoldingOptions.defaults().outputs(ShapeModel.LOGITS, ShapeModel.PROBABILITIES));
    progress.show("comparing predictions");
    ShapeImages images = ShapeImages.generate(IMAGES, seed);
    INDArray before = ShapeModel.logits(network, images);
    INDArray after = ShapeModel.logits(folded.network(), images);
    progress.show("measuring times");
    return new Result(
        folded.report(),
        Predictions.compare(before, after),
        Predictions.accuracy(before, images.labels()),
        Predictions.accuracy(after, images.labels()),
        PairTimes.threads(),
        times(network, folded.network()));
  }

  private List<BatchTimes> times(SameDiff before, SameDiff after) {
    List<BatchTimes> times = new ArrayList<>();
    for (int size : BATCHES) {
      ShapeImages batch = ShapeImages.generate(size, seed);
      times.add(
          new BatchTimes(
              size,
              PairTimes.measure(
                  () -> ShapeModel.logits(before, batch),
                  () -> ShapeModel.logits(after, batch),
                  ROUNDS)));
    }
    return times;
  }
}
