package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.read.Op;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is computed inside of gates. */
final class GateInsides {
  private final Map<String, Op> producers = new HashMap<>();

  private GateInsides(List<Op> ops) {
    ops.forEach(op -> op.outputs().forEach(output -> producers.put(output, op)));
  }

  /** The variables between what gates read and what they write. */
  static Set<String> of(Collection<SameDiffGate> gates, List<Op> ops) {
    GateInsides insides = new GateInsides(ops);
    Set<String> all = new HashSet<>();
    gates.forEach(gate -> all.addAll(insides.of(gate)));
    return all;
  }

  /** The gates that the graph needs and of whose inside nothing else reads anything. */
  static Map<String, SameDiffGate> closed(
      Map<String, SameDiffGate> gates, List<Op> ops, Set<String> outputs) {
    GateInsides insides = new GateInsides(ops);
    Map<String, SameDiffGate> closed = new LinkedHashMap<>();
    gates.forEach(
        (name, gate) -> {
          Set<String> inside = insides.of(gate);
          boolean open =
              ops.stream()
                  .filter(op -> !inside.contains(op.output()) && !op.output().equals(name))
                  .anyMatch(op -> op.inputs().stream().anyMatch(inside::contains));
          boolean asked = outputs.stream().anyMatch(inside::contains);
          if (!open && !asked && insides.producers.containsKey(name)) {
            closed.put(name, gate);
          }
        });
    return closed;
  }

  /** The variable that slope·x + shift is; null where the line is x. */
  static @Nullable String line(SameDiffGate gate, List<Op> ops) {
    GateInsides insides = new GateInsides(ops);
    Op sum = insides.producers.get(gate.name());
    Op straight = sum == null ? null : insides.producers.get(sum.input(0));
    return straight == null || gate.line() == null ? null : straight.input(0);
  }

  /** Everything above the output until the input and what is stored. */
  private Set<String> of(SameDiffGate gate) {
    Set<String> inside = new HashSet<>();
    Op sum = producers.get(gate.name());
    if (sum != null) {
      sum.inputs().forEach(input -> collect(input, gate.input(), inside));
    }
    return inside;
  }

  private void collect(String variable, String end, Set<String> inside) {
    Op producer = producers.get(variable);
    if (producer != null && !variable.equals(end) && inside.add(variable)) {
      producer.inputs().forEach(input -> collect(input, end, inside));
    }
  }
}
