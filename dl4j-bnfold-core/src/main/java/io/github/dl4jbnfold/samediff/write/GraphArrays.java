package io.github.dl4jbnfold.samediff.write;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The arrays of a SameDiff graph's constants and variables, and what is cached of them. */
final class GraphArrays {
  private GraphArrays() {}

  /** Drops cached sessions and the gradient function, by the public operations that do so. */
  static void invalidate(SameDiff graph) {
    String name = "bnfold_spare";
    while (graph.hasVariable(name)) {
      name += "_";
    }
    SDVariable spare = graph.constant(name, Nd4j.scalar(0f));
    graph.convertToVariable(spare);
    graph.convertToConstant(spare);
    graph.getVariables().remove(spare.name());
    removeArrays(graph, spare.name());
  }

  /**
   * Starts the updaters of variables anew: their state belongs to the values before. The state that
   * is dropped cannot be brought back.
   */
  static void renewUpdaters(SameDiff graph, Collection<String> names) {
    if (graph.getTrainingConfig() == null) {
      return;
    }
    for (String name : names) {
      SDVariable variable = graph.getVariable(name);
      if (variable.getVariableType() == VariableType.VARIABLE) {
        graph.convertToConstant(variable);
        graph.convertToVariable(variable);
      }
    }
  }

  /** Drops the updaters of variables that are gone: one of the same name would get theirs. */
  static void forgetUpdaters(SameDiff graph, Collection<String> names) {
    for (String name : names) {
      SDVariable again = graph.constant(name, Nd4j.scalar(0f));
      graph.convertToVariable(again);
      graph.convertToConstant(again);
      graph.getVariables().remove(name);
      removeArrays(graph, name);
    }
  }

  private static ArrayHolder arrays(SameDiff graph, VariableType type) {
    return type == VariableType.VARIABLE ? graph.getVariablesArrays() : graph.getConstantArrays();
  }

  static void removeArrays(SameDiff graph, String name) {
    for (var holder : Arrays.asList(graph.getConstantArrays(), graph.getVariablesArrays())) {
      if (holder.hasArray(name)) {
        holder.removeArray(name);
      }
    }
  }

  static void restoreArray(
      SameDiff graph, String name, VariableType type, @Nullable INDArray array) {
    if (array == null) {
      removeArrays(graph, name);
    } else if (!arrays(graph, type).hasArray(name) || arrays(graph, type).getArray(name) != array) {
      replaceArray(graph, type, name, array);
    }
  }

  /** Setting an array where there is one may write into it, which a snapshot could not undo. */
  static void replaceArray(SameDiff graph, VariableType type, String name, INDArray array) {
    removeArrays(graph, name);
    arrays(graph, type).setArray(name, array);
  }
}
