package io.github.dl4jbnfold.samediff.write;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The structure of a SameDiff graph and references to its arrays at one moment. Rewriting replaces
 * arrays and never writes into one, so going back needs no copy of the weights.
 */
public final class Snapshot {
  private record OpState(
      SameDiffOp op, List<String> inputs, List<String> outputs, SDVariable[] outputVariables) {}

  private record VariableState(
      Variable variable,
      @Nullable List<String> readers,
      @Nullable String producer,
      VariableType type,
      @Nullable INDArray array) {}

  private final SameDiff graph;
  private final Map<String, OpState> ops = new LinkedHashMap<>();
  private final Map<String, VariableState> variables = new LinkedHashMap<>();

  private Snapshot(SameDiff graph) {
    this.graph = graph;
  }

  /** Remembers the graph as it is. */
  public static Snapshot of(SameDiff graph) {
    Snapshot snapshot = new Snapshot(graph);
    graph
        .getOps()
        .forEach(
            (name, op) ->
                snapshot.ops.put(
                    name,
                    new OpState(
                        op,
                        copy(op.getInputsToOp()),
                        copy(op.getOutputsOfOp()),
                        op.getOp().outputVariables().clone())));
    graph
        .getVariables()
        .forEach((name, variable) -> snapshot.variables.put(name, snapshot.state(variable)));
    return snapshot;
  }

  private VariableState state(Variable variable) {
    VariableType type = variable.getVariable().getVariableType();
    boolean stored = type == VariableType.CONSTANT || type == VariableType.VARIABLE;
    return new VariableState(
        variable,
        variable.getInputsForOp() == null ? null : new ArrayList<>(variable.getInputsForOp()),
        variable.getOutputOfOp(),
        type,
        stored ? variable.getVariable().getArr() : null);
  }

  private static List<String> copy(@Nullable List<String> names) {
    return names == null ? new ArrayList<>() : new ArrayList<>(names);
  }

  /** Puts the graph back into the state that was remembered. */
  public void restore() {
    for (String name : List.copyOf(graph.getVariables().keySet())) {
      if (!variables.containsKey(name)) {
        SDVariable added = graph.getVariable(name);
        if (added.getVariableType() == VariableType.VARIABLE) {
          graph.convertToConstant(added); // also forgets its updater
        }
        GraphArrays.removeArrays(graph, name);
      }
    }
    graph.getOps().clear();
    graph.getVariables().clear();
    variables.forEach(
        (name, state) -> {
          graph.getVariables().put(name, state.variable);
          state.variable.setInputsForOp(state.readers);
          state.variable.setOutputOfOp(state.producer);
          state.variable.getVariable().setVariableType(state.type);
          GraphArrays.restoreArray(graph, name, state.type, state.array);
        });
    ops.forEach(
        (name, state) -> {
          graph.getOps().put(name, state.op);
          state.op.setName(name);
          state.op.getOp().setOwnName(name);
          state.op.setInputsToOp(state.inputs);
          state.op.setOutputsOfOp(state.outputs);
          SDVariable[] cached = state.op.getOp().outputVariables();
          System.arraycopy(state.outputVariables, 0, cached, 0, cached.length);
        });
    GraphArrays.invalidate(graph);
  }
}
