package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.GraphDraft.View;
import io.github.dl4jbnfold.graph.Operator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network as the solver sees it, and where the parameters of its operators live.
 *
 * @param views the tensors that the outputs of steps are, by step; what is behind a wall has none
 */
public record NetworkReading(
    Graph graph, Map<Operator, Binding> bindings, Map<String, View> views) {
  public NetworkReading {
    bindings = Map.copyOf(bindings);
    views = Map.copyOf(views);
  }

  /** Where the parameters of the operator live; null for an operator without parameters. */
  public @Nullable Binding binding(Operator operator) {
    return bindings.get(operator);
  }
}
