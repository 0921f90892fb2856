package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which activations of a SameDiff graph are worth to be linear. */
public final class GraphBudget {
  private final SameDiff graph;
  private final GraphRuns.Found found;
  private final GraphFoldingOptions options;

  private GraphBudget(SameDiff graph, GraphFoldingOptions options) {
    this.graph = graph;
    this.options = options;
    Set<String> outputs = new LinkedHashSet<>(GraphOutputs.of(graph, options.outputs()));
    outputs.removeAll(SameDiffConversion.penalties(graph));
    List<Probe> probes = SameDiffShapes.probes(graph, outputs, options.inputShapes());
    this.found = GraphRuns.of(graph, outputs, SameDiffShapes.of(graph, probes));
  }

  /**
   * The frontier of a graph.
   *
   * @param gated with gates whose α are 0; they change while errors are measured and are 0 again
   *     afterwards
   * @param error of a graph: the smaller the better
   * @throws FoldingException if an error is not a number
   */
  public static Frontier of(
      SameDiff gated,
      ToDoubleFunction<SameDiff> error,
      GraphFoldingOptions options,
      FrontierSearch.Progress progress) {
    GraphBudget budget = new GraphBudget(gated, options);
    return budget.search().frontier(linear -> budget.error(error, linear), progress);
  }

  /** All pieces of a graph with gates that could become one operator. */
  public static List<Candidate> candidates(SameDiff gated, GraphFoldingOptions options) {
    return new GraphBudget(gated, options).search().candidates();
  }

  private FrontierSearch search() {
    return new FrontierSearch(found.runs(), run -> options.planning());
  }

  private double error(ToDoubleFunction<SameDiff> error, Set<String> linear) {
    try {
      linear.forEach(gate -> set(gate, 1));
      double measured = error.applyAsDouble(graph);
      if (Double.isNaN(measured)) {
        throw new FoldingException(
            linear.isEmpty()
                ? "The error of the graph is not a number."
                : "The error with %s linear is not a number."
                    .formatted(String.join(", ", new TreeSet<>(linear))));
      }
      return measured;
    } finally {
      linear.forEach(gate -> set(gate, 0));
    }
  }

  /** By the graph's own method: what it keeps for its sessions is another array. */
  private void set(String gate, double alpha) {
    SameDiffGate of = Objects.requireNonNull(GateReader.gates(graph).get(gate));
    SDVariable variable = graph.getVariable(of.alpha());
    INDArray old = variable.getArr();
    variable.setArray(old.ulike().assign(alpha));
  }
}
