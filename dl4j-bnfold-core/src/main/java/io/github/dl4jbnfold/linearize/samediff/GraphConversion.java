package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/** Converts a graph with gates, and says what was done. */
public final class GraphConversion {
  private GraphConversion() {}

  /**
   * Converts a graph in place.
   *
   * @param linear names of gates
   * @see SameDiffConversion#convert
   */
  public static LayerFoldingReport convert(
      SameDiff graph, Set<String> linear, GraphFoldingOptions options) {
    long start = System.nanoTime();
    Set<String> gates = new TreeSet<>(GateReader.gates(graph).keySet());
    LayerFoldingReport.Size before = size(graph, options);
    SameDiffConversion.Converted converted =
        SameDiffConversion.convert(
            graph,
            new SameDiffConversion.Settings(
                linear,
                options.costs(),
                options.growth(),
                options.outputs(),
                options.inputShapes(),
                OptionalDouble.empty()));
    return LayerFoldingReport.of(
        gates,
        linear,
        converted.merges(),
        converted.apart(),
        null,
        before,
        size(graph, options),
        converted.agreement().maxRelativeError(),
        start);
  }

  private static LayerFoldingReport.Size size(SameDiff graph, GraphFoldingOptions options) {
    long parameters = 0;
    for (SDVariable variable : graph.variables()) {
      boolean held =
          variable.getVariableType() == VariableType.VARIABLE
              || variable.getVariableType() == VariableType.CONSTANT;
      parameters += held ? variable.getArr().length() : 0;
    }
    return new LayerFoldingReport.Size(
        GraphDepth.of(graph, GraphOutputs.of(graph, options.outputs())), parameters);
  }
}
