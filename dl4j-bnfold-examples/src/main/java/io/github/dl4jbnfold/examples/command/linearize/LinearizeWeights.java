package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a graph that an importer has made constants of: the kernels, matrices and biases
 * of its linear operators. Other constants, as scales and the bounds of clamps, are none.
 */
final class LinearizeWeights {
  private static final Set<String> LINEAR =
      Set.of(
          "conv1d",
          "conv2d",
          "conv3dnew",
          "deconv2d",
          "depthwise_conv2d",
          "sconv2d",
          "matmul",
          "xw_plus_b");

  private static final Set<String> SUMS = Set.of("add", "biasadd");

  /** Operators between a convolution and its bias in imported graphs. */
  private static final Set<String> PASSING =
      Set.of("identity", "reshape", "squeeze", "permute", "transpose", "concat");

  private LinearizeWeights() {}

  /** Whether nothing can be trained that a variable depends on. */
  static boolean isFrozen(SameDiff graph, String result) {
    return OpOrder.of(graph, List.of(result)).stream()
        .flatMap(op -> op.inputs().stream())
        .map(graph::getVariable)
        .noneMatch(
            variable ->
                variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType());
  }

  /**
   * Makes variables of them; the graph computes what it did.
   *
   * @param outputs all that the graph is to compute
   * @return whether there are any
   */
  static boolean release(SameDiff graph, String result, Collection<String> outputs) {
    Map<String, INDArray> weights = weights(graph, OpOrder.of(graph, List.of(result)));
    GraphEditor editor = new GraphEditor(graph, outputs);
    weights.forEach(
        (name, array) -> {
          if (graph.getVariable(name).getVariableType() == VariableType.ARRAY) {
            editor.setArray(name, array.dup());
          }
        });
    editor.sweep();
    graph.convertToVariables(weights.keySet().stream().map(graph::getVariable).toList());
    return !weights.isEmpty();
  }

  private static Map<String, INDArray> weights(SameDiff graph, List<Op> ops) {
    Constants constants = new Constants(graph, ops);
    Map<String, INDArray> weights = new LinkedHashMap<>();
    Set<String> others = new HashSet<>();
    Set<String> linear = new HashSet<>();
    for (Op op : ops) {
      boolean fed = op.inputs().stream().anyMatch(linear::contains);
      boolean weighted = LINEAR.contains(op.type()) || (fed && SUMS.contains(op.type()));
      if (weighted || (fed && PASSING.contains(op.type()))) {
        linear.addAll(op.outputs());
      }
      for (String input : op.inputs()) {
        INDArray array = constants.isKnown(input) ? constants.array(input) : null;
        SDVariable variable = graph.getVariable(input);
        if (weighted && array != null && variable.dataType().isFPType()) {
          weights.put(input, array);
        } else {
          others.add(input);
        }
      }
    }
    weights.keySet().removeAll(others);
    return weights;
  }
}
