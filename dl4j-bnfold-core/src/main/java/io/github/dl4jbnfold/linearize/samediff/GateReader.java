package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Recognises gates: the name says which variable is an α, the operators around it whether that is a
 * gate still. So a graph that was saved and loaded needs nothing besides itself.
 */
final class GateReader {
  static final String ALPHA = "_gate_alpha";

  private final SameDiff graph;
  private final Map<String, Op> producers = new HashMap<>();
  private final Map<String, List<Op>> readers = new HashMap<>();

  private GateReader(SameDiff graph) {
    this.graph = graph;
    for (SameDiffOp source : graph.getOps().values()) {
      Op op = Op.of(source);
      op.outputs().forEach(output -> producers.put(output, op));
      op.inputs().forEach(in -> readers.computeIfAbsent(in, v -> new ArrayList<>()).add(op));
    }
  }

  /** The gates of a graph, by what they write, in the order of its variables. */
  static Map<String, SameDiffGate> gates(SameDiff graph) {
    GateReader reader = new GateReader(graph);
    Map<String, SameDiffGate> gates = new LinkedHashMap<>();
    for (SDVariable variable : graph.variables()) {
      boolean stored =
          variable.getVariableType() == VariableType.VARIABLE
              || variable.getVariableType() == VariableType.CONSTANT;
      if (stored && variable.name().contains(ALPHA)) {
        SameDiffGate gate = reader.gate(variable.name());
        if (gate != null) {
          gates.put(gate.name(), gate);
        }
      }
    }
    return gates;
  }

  private @Nullable SameDiffGate gate(String alpha) {
    Op straight = null;
    Op bent = null;
    for (Op reader : readers.getOrDefault(alpha, List.of())) {
      if (reader.type().equals("multiply")) {
        straight = reader;
      } else if (reader.inputs().size() == 1) {
        Op behind = onlyReader(reader.output(), "multiply");
        bent = behind == null ? bent : behind;
      }
    }
    if (straight == null || bent == null) {
      return null;
    }
    Op sum = onlyReader(straight.output(), "add");
    Op activation = producers.get(bent.input(0));
    if (sum == null
        || activation == null
        || !Activations.contains(activation)
        || !sum.inputs().equals(List.of(straight.output(), bent.output()))) {
      return null;
    }
    return gate(sum.output(), activation, alpha, straight.input(0));
  }

  private @Nullable SameDiffGate gate(String name, Op activation, String alpha, String line) {
    String input = activation.input(0);
    String activated = activation.output();
    if (line.equals(input)) {
      return new SameDiffGate(name, input, activated, alpha, null);
    }
    Op shifted = producers.get(line);
    Op sloped = shifted == null ? null : producers.get(shifted.input(0));
    if (shifted == null || sloped == null || !sloped.input(0).equals(input)) {
      return null;
    }
    INDArray slope = array(sloped.input(1));
    INDArray shift = array(shifted.input(1));
    int axis = slope.rank() - 1;
    for (int i = 1; i < slope.rank(); i++) {
      axis = slope.size(i) == 1 ? axis : i;
    }
    return new SameDiffGate(
        name, input, activated, alpha, new GateLine(axis, numbers(slope), numbers(shift)));
  }

  private @Nullable Op onlyReader(String variable, String type) {
    List<Op> all = readers.getOrDefault(variable, List.of());
    return all.size() == 1 && all.get(0).type().equals(type) ? all.get(0) : null;
  }

  private INDArray array(String name) {
    return graph.getVariable(name).getArr();
  }

  private static double[] numbers(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }
}
