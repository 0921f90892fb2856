package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.examples.measure.Predictions;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.ShapeModel;
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

  String run(Progress progress) {
    progress.show("loading the network");
    SameDiff network = ShapeModel.load();
    PairTimes.preferOneThread();
    progress.show("folding the network");
    BatchNormFolding.Folded<SameDiff> folded =
        BatchNormFolding.foldCopy(
            network,
            FoldingOptions.defaults().outputs(ShapeModel.LOGITS, ShapeModel.PROBABILITIES));
    progress.show("comparing predictions");
    String predictions = predictions(network, folded.network());
    progress.show("measuring times");
    String times = times(network, folded.network());
    return "A trained network that tells %s apart in %d x %d images:%n%n%s%n%s%n%s"
        .formatted(
            String.join(", ", ShapeImages.CLASSES),
            ShapeImages.SIZE,
            ShapeImages.SIZE,
            folded.report().toText(),
            predictions,
            times);
  }

  private String predictions(SameDiff before, SameDiff after) {
    ShapeImages images = ShapeImages.generate(IMAGES, seed);
    INDArray logitsBefore = ShapeModel.logits(before, images);
    INDArray logitsAfter = ShapeModel.logits(after, images);
    Predictions same = Predictions.compare(logitsBefore, logitsAfter);
    return String.format(
        Locale.ROOT,
        "%,d generated images: %,d predictions are the same (%d changed, %d ties within rounding)%n"
            + "  largest difference of a logit %.2e (largest logit %.1f)%n"
            + "  accuracy %.2f %% before, %.2f %% after%n",
        same.images(),
        same.images() - same.changed() - same.ties(),
        same.changed(),
        same.ties(),
        same.largestError(),
        same.largestLogit(),
        100 * Predictions.accuracy(logitsBefore, images.labels()),
        100 * Predictions.accuracy(logitsAfter, images.labels()));
  }

  private String times(SameDiff before, SameDiff after) {
    StringBuilder text = new StringBuilder();
    for (int size : BATCHES) {
      ShapeImages batch = ShapeImages.generate(size, seed);
      PairTimes times =
          PairTimes.measure(
              () -> ShapeModel.logits(before, batch),
              () -> ShapeModel.logits(after, batch),
              ROUNDS);
      text.append(
          String.format(
              Locale.ROOT,
              "  batch of %2d: %.2f ms before, %.2f ms after%n",
              size,
              times.before(),
              times.after()));
    }
    int threads = PairTimes.threads();
    return "Time, medians of %d runs in turns, %d thread%s:%n%s"
        .formatted(ROUNDS, threads, threads == 1 ? "" : "s", text);
  }
}
