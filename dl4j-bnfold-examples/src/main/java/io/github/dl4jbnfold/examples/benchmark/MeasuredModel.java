package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.report.FoldReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A classifier of CIFAR-10 images before and after a fold.
 *
 * @param image the shape of one image
 * @param before what it answers to a batch of images: logits, or probabilities
 * @param after what it answers once it is folded
 */
record MeasuredModel(
    FoldReport report,
    List<Long> image,
    UnaryOperator<INDArray> before,
    UnaryOperator<INDArray> after) {
  MeasuredModel {
    image = List.copyOf(image);
  }

  private static final String LOGITS = "logits";
  private static final List<Long> IMAGE = List.of(3L, 32L, 32L);

  /**
   * Reads and folds a model.
   *
   * @param path a SameDiff graph (.fb) with one placeholder and an output "logits", or a zip file
   *     of a network with one output
   */
  static MeasuredModel fold(Path path) throws IOException {
    return path.toString().endsWith(".zip") ? network(path) : graph(path);
  }

  private static MeasuredModel graph(Path path) {
    SameDiff before = SameDiff.load(path.toFile(), false);
    if (!before.hasVariable(LOGITS)) {
      throw new IllegalArgumentException(
          "%s has no variable '%s'; it ends in %s.".formatted(path, LOGITS, before.outputs()));
    }
    var folded = BatchNormFolding.foldCopy(before, FoldingOptions.defaults().outputs(LOGITS));
    return new MeasuredModel(
        folded.report(),
        image(path, before),
        x -> answer(before, x),
        x -> answer(folded.network(), x));
  }

  private static List<Long> image(Path path, SameDiff network) {
    SDVariable input = network.placeHolders().iterator().next();
    long[] shape = input.placeholderShape();
    if (shape == null || Arrays.stream(shape).skip(1).anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException(
          "%s: the input '%s' declares no size for an axis: %s."
              .formatted(path, input.name(), Arrays.toString(shape)));
    }
    return Arrays.stream(shape).skip(1).boxed().toList();
  }

  private static INDArray answer(SameDiff network, INDArray images) {
    String input = network.placeHolders().iterator().next().name();
    return Objects.requireNonNull(network.output(Map.of(input, images), LOGITS).get(LOGITS));
  }

  private static MeasuredModel network(Path path) throws IOException {
    if (NetworkFile.read(path).network() instanceof ComputationGraph before) {
      var folded = BatchNormFolding.foldCopy(before, FoldingOptions.defaults());
      return new MeasuredModel(
          folded.report(), IMAGE, before::outputSingle, x -> folded.network().outputSingle(x));
    }
    MultiLayerNetwork before = (MultiLayerNetwork) NetworkFile.read(path).network();
    var folded = BatchNormFolding.foldCopy(before, FoldingOptions.defaults());
    return new MeasuredModel(
        folded.report(), IMAGE, before::output, x -> folded.network().output(x));
  }
}
