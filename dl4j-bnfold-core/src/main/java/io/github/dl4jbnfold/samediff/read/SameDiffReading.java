package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.GraphDraft.View;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.verify.Expectation;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A SameDiff graph as the solver sees it, and where the parameters of its operators live. */
public final class SameDiffReading {
  private final Graph graph;
  private final Map<Operator, Binding> bindings;
  private final Constants constants;
  private final Map<String, View> views;

  SameDiffReading(
      Graph graph, Map<Operator, Binding> bindings, Constants constants, Map<String, View> views) {
    this.views = Map.copyOf(views);
    this.graph = graph;
    this.bindings = Map.copyOf(bindings);
    this.constants = constants;
  }

  public Graph graph() {
    return graph;
  }

  /** Where the parameters of the operator live; null for an operator without parameters. */
  public @Nullable Binding binding(Operator operator) {
    return bindings.get(operator);
  }

  /** The gauge of a variable; null for one behind a wall, which stays what it is. */
  public @Nullable Gauge gauge(String variable, Gauges gauges) {
    View view = views.get(variable);
    return view == null ? null : gauges.of(view.tensor());
  }

  /**
   * What the rewritten graph is to compute for a variable.
   *
   * @param value what the original graph computes for it
   */
  public INDArray expected(String variable, INDArray value, Gauges gauges) {
    View view = views.get(variable);
    if (view == null) {
      return value;
    }
    return Expectation.of(value, gauges.of(view.tensor()), view.layout());
  }

  public Constants constants() {
    return constants;
  }
}
