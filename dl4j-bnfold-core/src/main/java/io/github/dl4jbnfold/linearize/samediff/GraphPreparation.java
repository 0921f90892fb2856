package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes a graph ready for training that makes activations linear: gates in, padding in front. */
public final class GraphPreparation {
  private GraphPreparation() {}

  /**
   * Prepares a graph in place. After a failure it may have gates: give a copy.
   *
   * @return the names of its gates
   * @throws FoldingException if the graph cannot be trained or edited as it is
   * @throws CheckFailedException if with all α = 0 it is not what it was
   */
  public static List<String> prepare(SameDiff graph, GraphFoldingOptions options) {
    Set<String> outputs = GraphOutputs.of(graph, options.outputs());
    List<Probe> probes = SameDiffShapes.probes(graph, outputs, options.inputShapes());
    List<Map<String, INDArray>> before =
        probes.stream().map(probe -> probe.run(graph, outputs)).toList();
    SameDiffGates gates = SameDiffGates.insert(graph, options.gates().start(0));
    for (int i = 0; i < probes.size(); i++) {
      require(graph, before.get(i), probes.get(i).run(graph, outputs));
    }
    gates.start(options.gates().start());
    Set<String> names = gates.gates().keySet();
    if (options.padding() != PaddingScope.NONE) {
      GraphPadding.moveToFront(graph, names, options);
    }
    return names.stream().sorted().toList();
  }

  private static void require(
      SameDiff graph, Map<String, INDArray> before, Map<String, INDArray> now) {
    double tolerance =
        Precision.narrowest(graph.variables().stream().map(SDVariable::dataType).toList())
            .tolerance();
    double error = Agreement.of(before, now).maxRelativeError();
    if (!(error <= tolerance)) {
      throw new CheckFailedException(
          "The graph with gates whose α is 0 differs from the one without by %s relative."
              .formatted(error),
          "",
          error);
    }
  }
}
