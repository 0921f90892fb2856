package io.github.dl4jbnfold.samediff.read;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays of a SameDiff graph that no input changes: constants, variables, and what is computed
 * from constants alone (imported graphs permute and split their weights). Nothing is copied.
 */
public final class Constants {
  /** Deterministic operators that importers apply to weights and parameters. */
  private static final Set<String> COMPUTABLE =
      Set.of(
          "permute",
          "transpose",
          "reshape",
          "squeeze",
          "expand_dims",
          "split",
          "split_v",
          "concat",
          "stack",
          "unstack",
          "slice",
          "strided_slice",
          "gather",
          "tile",
          "cast",
          "identity",
          "neg",
          "sqrt",
          "rsqrt",
          "square",
          "Reciprocal",
          "reciprocal",
          "add",
          "subtract",
          "multiply",
          "divide",
          "realdiv",
          "reversesubtract",
          "reversedivide",
          "add_scalar",
          "sub_scalar",
          "mul_scalar",
          "div_scalar",
          "flatten",
          "flatten_2d");

  private final SameDiff graph;
  private final Map<String, INDArray> computed = new HashMap<>();
  private final Set<String> computable = new HashSet<>();

  public Constants(SameDiff graph, List<Op> ordered) {
    this.graph = graph;
    for (Op op : ordered) {
      if (COMPUTABLE.contains(op.type())
          && !op.inputs().isEmpty()
          && !isDequantization(op)
          && op.inputs().stream().allMatch(this::isFrozen)) {
        computable.addAll(op.outputs());
      }
    }
  }

  /** Weights of 8 bits are not to become weights of 32: they stay, and what scales them. */
  private boolean isDequantization(Op op) {
    DataType from = graph.getVariable(op.input(0)).dataType();
    return op.type().equals("cast") && (from == DataType.INT8 || from == DataType.UINT8);
  }

  /** Whether training leaves the array alone: a constant, or computed from constants only. */
  private boolean isFrozen(String name) {
    return computable.contains(name) || type(name) == VariableType.CONSTANT;
  }

  /** Whether the array is computed from constants by operators of the graph. */
  public boolean isComputed(String name) {
    return computable.contains(name);
  }

  /**
   * Whether the array is the same in every run: a constant, a variable, or computed from constants.
   */
  public boolean isKnown(String name) {
    return isFrozen(name) || type(name) == VariableType.VARIABLE;
  }

  private VariableType type(String name) {
    return graph.getVariable(name).getVariableType();
  }

  /** The array of a known name, or null if it is not known or has no array. */
  public @Nullable INDArray array(String name) {
    if (computable.contains(name)) {
      return computed.computeIfAbsent(name, n -> graph.output(Map.of(), n).get(n));
    }
    SDVariable variable = graph.getVariable(name);
    return isKnown(name) ? variable.getArr() : null;
  }
}
