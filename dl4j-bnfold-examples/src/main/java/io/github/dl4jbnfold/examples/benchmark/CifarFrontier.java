package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What becomes of a network that was trained on CIFAR-10 when activations become linear and nothing
 * is trained: for each end point, the accuracy by depth. Which activations these are is chosen by
 * the loss on training images that are held back.
 *
 * <pre>{@code
 * java -Xmx4g -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.CifarFrontier MODEL.zip CIFAR10_DIRECTORY [TEST_IMAGES]
 * }</pre>
 */
public final class CifarFrontier {
  private static final int POINTS = 8;
  private static final int CALIBRATION = 256;
  private static final int CHOOSING = 256;

  private final ComputationGraph network;
  private final CifarBatches images;
  private final Validation accuracy;

  private CifarFrontier(ComputationGraph network, CifarBatches images, int testImages) {
    this.network = network;
    this.images = images;
    this.accuracy = Validation.accuracy(() -> images.test(testImages));
  }

  /** Prints the table. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("Usage: CifarFrontier MODEL CIFAR10_DIRECTORY [TEST_IMAGES]");
      System.exit(2);
    }
    ComputationGraph network = (ComputationGraph) NetworkFile.read(Path.of(arguments[0])).network();
    int testImages = arguments.length == 3 ? Integer.parseInt(arguments[2]) : 10_000;
    CifarBatches images = CifarBatches.read(Path.of(arguments[1]));
    new CifarFrontier(network, images, testImages).print();
  }

  private void print() {
    System.out.println("| end point | layers | activations linear | accuracy | fitted |");
    System.out.println("|---|---:|---:|---:|---:|");
    double before = 100 * accuracy.of(network);
    System.out.printf(
        Locale.ROOT, "| none | %d | 0 | %.2f %% | |%n", LayerFolding.depth(network), before);
    for (EndPoint endPoint : EndPoint.values()) {
      LayerFoldingOptions options = options(endPoint);
      Frontier frontier =
          LayerFolding.frontier(
              network,
              CrossEntropy.on(() -> images.training().validation(CHOOSING)),
              options,
              CifarFrontier::progress);
      points(frontier).forEach(choice -> row(endPoint, choice, options));
    }
  }

  private LayerFoldingOptions options(EndPoint endPoint) {
    LayerFoldingOptions options = LayerFoldingOptions.defaults().costs(Costs.DEPTH);
    if (endPoint != EndPoint.LEAST_SQUARES) {
      return options.endPoint(endPoint);
    }
    INDArray inputs = images.training().calibration(CALIBRATION);
    return options.leastSquares(inputs);
  }

  /** Spread evenly over the frontier. */
  private static List<Choice> points(Frontier frontier) {
    List<Choice> all = frontier.choices();
    double step = Math.max(1, (all.size() - 1.0) / POINTS);
    return DoubleStream.iterate(all.size() - 1.0, at -> at > -0.5, at -> at - step)
        .mapToObj(at -> all.get((int) Math.round(at)))
        .toList();
  }

  private void row(EndPoint endPoint, Choice choice, LayerFoldingOptions options) {
    INDArray inputs = images.training().calibration(CALIBRATION);
    var merged = LayerFolding.linearize(network, choice.linear(), options);
    var fitted = LayerFolding.linearize(network, choice.linear(), options.reconstructing(inputs));
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %d | %.2f %% | %.2f %% |%n",
        endPoint.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        choice.cost(),
        choice.linear().size(),
        100 * accuracy.of(merged.network()),
        100 * accuracy.of(fitted.network()));
  }

  private static void progress(int done, int all) {
    System.err.printf(Locale.ROOT, "\r%d of %d losses measured", done, all);
    if (done == all) {
      System.err.println();
    }
  }
}
