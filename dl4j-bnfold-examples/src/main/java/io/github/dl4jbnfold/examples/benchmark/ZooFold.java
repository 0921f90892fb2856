package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a fold does to the networks of Deeplearning4j's zoo, as a Markdown table: with random
 * weights and statistics, half of the γ negative, on small images. The error is that of a fold in
 * float64, the times are those of float32.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -Xmx8g -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.ZooFold [NETWORK ...]
 * }</pre>
 */
public final class ZooFold {
  private static final double NEGATIVE = 0.5;
  private static final int ROUNDS = 21;

  private ZooFold() {}

  /** A network before and after. */
  private record Pair(Model before, Model after, FoldReport report) {}

  /** Prints a row for each network that is named, or for all. */
  public static void main(String[] arguments) {
    List<ZooNetwork> networks =
        arguments.length == 0
            ? List.of(ZooNetwork.values())
            : Arrays.stream(arguments).map(ZooNetwork::valueOf).toList();
    System.out.print(header());
    List<String> proofs = new ArrayList<>();
    for (ZooNetwork network : networks) {
      System.out.println(row(network, proofs));
    }
    proofs.forEach(System.out::print);
  }

  private static String header() {
    return """
    Threads: %d. Times are medians of runs in turns in one process, batch 1.

    | network | image | BNs removed, DL4J's layers only | with layers of this project | layers | largest relative error, float64 | ms, batch 1 |
    |---|---:|---|---|---|---:|---|
    """
        .formatted(PairTimes.threads());
  }

  private static String row(ZooNetwork network, List<String> proofs) {
    Model exact = network.build(DataType.DOUBLE, NEGATIVE);
    Pair portable = fold(exact, FoldingOptions.defaults());
    Pair free = fold(exact, FoldingOptions.defaults().portable(false));
    if (!free.report.kept().isEmpty()) {
      proofs.add("\n## %s\n\n%s".formatted(network, free.report.toMarkdown()));
    }
    Pair narrow = fold(network.build(DataType.FLOAT, NEGATIVE), FoldingOptions.defaults());
    PairTimes times = times(narrow, network.size());
    return String.format(
        Locale.ROOT,
        "| %s | %d×%d | %d of %d | %d of %d | %d → %d, %d | %.1e | %.1f → %.1f (%.2f×) |",
        network,
        network.size(),
        network.size(),
        portable.report.removed().size(),
        portable.report.batchNorms(),
        free.report.removed().size(),
        free.report.batchNorms(),
        portable.report.operatorsBefore(),
        portable.report.operatorsAfter(),
        free.report.operatorsAfter(),
        Math.max(portable.report.maxRelativeError(), free.report.maxRelativeError()),
        times.before(),
        times.after(),
        times.before() / times.after());
  }

  private static Pair fold(Model network, FoldingOptions options) {
    if (network instanceof ComputationGraph graph) {
      var folded = BatchNormFolding.foldCopy(graph, options);
      return new Pair(network, folded.network(), folded.report());
    }
    var folded = BatchNormFolding.foldCopy((MultiLayerNetwork) network, options);
    return new Pair(network, folded.network(), folded.report());
  }

  private static PairTimes times(Pair pair, int size) {
    INDArray image = Nd4j.randn(DataType.FLOAT, 1, 3, size, size);
    return PairTimes.measure(
        () -> answer(pair.before, image), () -> answer(pair.after, image), ROUNDS);
  }

  private static void answer(Model network, INDArray image) {
    if (network instanceof ComputationGraph graph) {
      graph.outputSingle(image);
    } else {
      ((MultiLayerNetwork) network).output(image);
    }
  }
}
