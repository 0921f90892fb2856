package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What layer folding made of a network that classifies images of CIFAR-10.
 *
 * @param rule by which activations were chosen
 * @param activations of the network
 * @param linear how many of them became linear
 * @param alphas of the gates when they were chosen
 * @param depthBefore layers with weights on the longest path of the network whose batch
 *     normalizations are folded
 * @param depth of the result
 * @param steps of training, of all phases
 * @param validation the accuracies on the images that are held back
 * @param accuracy on all test images
 * @param timeRatios medians of the time over that of the network whose batch normalizations are
 *     folded, by batch size
 */
public record FoldedCifar(
    String rule,
    int activations,
    int linear,
    SortedMap<String, Double> alphas,
    int depthBefore,
    int depth,
    long steps,
    Map<String, Double> validation,
    double accuracy,
    Map<Integer, Double> timeRatios) {
  private static final int TEST = 10_000;
  private static final int ROUNDS = 15;

  static FoldedCifar of(
      String rule,
      ComputationGraph network,
      LayerFoldingResult<ComputationGraph> result,
      CifarBatches images,
      long steps) {
    ComputationGraph folded =
        BatchNormFolding.foldCopy(network, FoldingOptions.defaults()).network();
    Validation accuracy = Validation.accuracy(() -> images.test(TEST));
    return new FoldedCifar(
        rule,
        result.alphas().size(),
        result.linear().size(),
        result.alphas(),
        LayerFolding.depth(folded),
        LayerFolding.depth(result.network()),
        steps,
        Map.of(
            "original", result.scores().original(),
            "before merging", result.scores().beforeMerging(),
            "after merging", result.scores().afterMerging(),
            "fine-tuned", result.scores().afterFineTuning()),
        accuracy.of(result.network()),
        timeRatios(folded, result.network()));
  }

  private static Map<Integer, Double> timeRatios(ComputationGraph before, ComputationGraph after) {
    Map<Integer, Double> ratios = new TreeMap<>();
    for (int batch : new int[] {1, 64}) {
      INDArray x = Nd4j.randn(DataType.FLOAT, batch, 3, 32, 32);
      PairTimes times =
          PairTimes.measure(() -> before.outputSingle(x), () -> after.outputSingle(x), ROUNDS);
      ratios.put(batch, times.after() / times.before());
    }
    return ratios;
  }
}
