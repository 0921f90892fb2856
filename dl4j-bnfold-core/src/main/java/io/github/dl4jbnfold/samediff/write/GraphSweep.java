package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * Removes from a graph what no longer serves its outputs.
 *
 * @param unreadBefore constants and variables that nothing read before it was edited: they stay
 */
record GraphSweep(SameDiff graph, Collection<String> outputs, Set<String> unreadBefore) {
  void run() {
    removeOperators();
    separateNames();
    Map<String, List<String>> readers = readers();
    for (Variable variable : List.copyOf(graph.getVariables().values())) {
      List<String> now = readers.get(variable.getName());
      if (now == null && isOrphan(variable)) {
        graph.getVariables().remove(variable.getName());
        GraphArrays.removeArrays(graph, variable.getName());
      } else {
        variable.setInputsForOp(now);
      }
    }
  }

  private void removeOperators() {
    Set<String> needed =
        OpOrder.of(graph, outputs).stream().map(Op::name).collect(Collectors.toSet());
    for (SameDiffOp op : List.copyOf(graph.getOps().values())) {
      if (!needed.contains(op.getName())) {
        graph.getOps().remove(op.getName());
        op.getOutputsOfOp().forEach(name -> graph.getVariables().remove(name));
      }
    }
  }

  /**
   * A file is read back by names: a variable that bears the name of an operator is taken for what
   * that operator writes. Where another one writes it, the operator gets another name.
   */
  private void separateNames() {
    Map<String, SameDiffOp> inOrder = new LinkedHashMap<>(graph.getOps());
    graph.getOps().clear();
    inOrder.forEach(
        (name, op) -> {
          if (graph.hasVariable(name) && !op.getOutputsOfOp().contains(name)) {
            rename(op, unusedName(name, inOrder.keySet()));
          }
          graph.getOps().put(op.getName(), op);
        });
  }

  private String unusedName(String name, Set<String> operators) {
    String free = name;
    for (int i = 1; graph.hasVariable(free) || operators.contains(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  private void rename(SameDiffOp op, String name) {
    op.setName(name);
    op.getOp().setOwnName(name);
    for (String output : op.getOutputsOfOp()) {
      Objects.requireNonNull(graph.getVariables().get(output)).setOutputOfOp(name);
    }
  }

  private Map<String, List<String>> readers() {
    Map<String, List<String>> readers = new HashMap<>();
    for (SameDiffOp op : graph.getOps().values()) {
      for (String input : new LinkedHashSet<>(GraphEditor.inputs(op))) {
        readers.computeIfAbsent(input, name -> new ArrayList<>()).add(op.getName());
      }
    }
    return readers;
  }

  private boolean isOrphan(Variable variable) {
    String name = variable.getName();
    VariableType type = variable.getVariable().getVariableType();
    boolean stored = type == VariableType.CONSTANT || type == VariableType.VARIABLE;
    return stored && !unreadBefore.contains(name) && !outputs.contains(name);
  }
}
