package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.examples.data.Cifar10;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.examples.measure.Predictions;
import io.github.dl4jbnfold.report.FoldReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What folding real networks gains and whether it changes a prediction, as a Markdown table.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.FoldTimes MODEL ... [CIFAR10_DIRECTORY [IMAGES]]
 * }</pre>
 *
 * <p>A directory holds the test images of CIFAR-10 in the official binary layout (test_batch.bin);
 * then each network, which must take such images normalised by ImageNet's means and deviations,
 * classifies them all, or the first so many, before and after. Without it, predictions are compared
 * on random inputs, and there is no accuracy. A model is a SameDiff graph (.fb) with one
 * placeholder and an output "logits", or a network of layers (.zip) with one output.
 */
public final class FoldTimes {
  private static final int CHUNK = 250;
  private static final int RANDOM_IMAGES = 1000;
  private static final int[] BATCHES = {1, 64};
  private static final int[] ROUNDS = {101, 15};

  private final @Nullable Cifar10 data;

  FoldTimes(@Nullable Cifar10 data) {
    this.data = data;
  }

  /** Prints the table for the networks and the directory in the arguments. */
  public static void main(String[] arguments) throws IOException {
    List<Path> models = new ArrayList<>();
    Cifar10 data = null;
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (data != null) {
        data = data.first(Integer.parseInt(argument));
      } else if (Files.isDirectory(path)) {
        data = Cifar10.read(path);
      } else {
        models.add(path);
      }
    }
    if (models.isEmpty()) {
      System.err.println("Usage: FoldTimes MODEL ... [CIFAR10_DIRECTORY [IMAGES]]");
      System.exit(2);
    }
    FoldTimes benchmark = new FoldTimes(data);
    System.out.print(header());
    for (Path model : models) {
      System.out.println(benchmark.row(model));
    }
  }

  static String header() {
    return """
    Threads: %d. Times are medians of runs in turns in one process.

    | model | BNs removed | operators | largest relative error | predictions changed / ties | accuracy before / after | ms, batch 1 | ms, batch 64 |
    |---|---|---|---:|---:|---|---|---|
    """
        .formatted(PairTimes.threads());
  }

  /** One row of the table. */
  String row(Path path) throws IOException {
    MeasuredModel model = MeasuredModel.fold(path);
    FoldReport report = model.report();
    INDArray answersBefore = answers(model, model.before());
    INDArray answersAfter = answers(model, model.after());
    Predictions predictions = Predictions.compare(answersBefore, answersAfter);
    return String.format(
        Locale.ROOT,
        "| %s | %d of %d | %d -> %d | %.1e | %d / %d of %,d | %s | %s | %s |",
        path.getFileName(),
        report.removed().size(),
        report.batchNorms(),
        report.operatorsBefore(),
        report.operatorsAfter(),
        predictions.relativeError(),
        predictions.changed(),
        predictions.ties(),
        predictions.images(),
        accuracy(answersBefore, answersAfter),
        times(model, 0),
        times(model, 1));
  }

  private String accuracy(INDArray before, INDArray after) {
    if (data == null) {
      return "";
    }
    int[] labels = data.labels();
    return String.format(
        Locale.ROOT,
        "%.2f %% / %.2f %%",
        100 * Predictions.accuracy(before, labels),
        100 * Predictions.accuracy(after, labels));
  }

  private static String times(MeasuredModel model, int which) {
    INDArray batch = random(model, BATCHES[which], 7);
    PairTimes times =
        PairTimes.measure(
            () -> run(model.before(), batch), () -> run(model.after(), batch), ROUNDS[which]);
    return String.format(
        Locale.ROOT,
        "%.1f -> %.1f (%.2f x)",
        times.before(),
        times.after(),
        times.before() / times.after());
  }

  private static void run(UnaryOperator<INDArray> network, INDArray batch) {
    if (network.apply(batch).isEmpty()) {
      throw new IllegalStateException("The network answers nothing.");
    }
  }

  private INDArray answers(MeasuredModel model, UnaryOperator<INDArray> network) {
    int count = data == null ? RANDOM_IMAGES : data.count();
    List<INDArray> parts = new ArrayList<>();
    for (int from = 0; from < count; from += CHUNK) {
      int to = Math.min(count, from + CHUNK);
      parts.add(
          network
              .apply(data == null ? random(model, to - from, from + 1) : data.images(from, to))
              .dup());
    }
    return Nd4j.concat(0, parts.toArray(INDArray[]::new));
  }

  /** The seed must not be 0, which ND4J takes for the time of day. */
  private static INDArray random(MeasuredModel model, int batch, long seed) {
    List<Long> shape = new ArrayList<>(model.image());
    shape.add(0, (long) batch);
    return Nd4j.getRandomFactory()
        .getNewRandomInstance(seed)
        .nextGaussian(shape.stream().mapToLong(Long::longValue).toArray())
        .castTo(DataType.FLOAT);
  }
}
