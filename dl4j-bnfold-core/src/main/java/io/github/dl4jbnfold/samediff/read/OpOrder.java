package io.github.dl4jbnfold.samediff.read;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * The operators that given outputs need, producers before readers. Consumers are computed from the
 * operators themselves: the lists that SameDiff keeps are stale after an import.
 */
public final class OpOrder {
  private final Map<String, Op> ops = new LinkedHashMap<>();
  private final Map<String, Op> producers = new HashMap<>();

  private OpOrder(SameDiff graph) {
    for (SameDiffOp source : graph.getOps().values()) {
      Op op = Op.of(source);
      ops.put(op.name(), op);
      op.outputs().forEach(output -> producers.put(output, op));
    }
  }

  /**
   * Operators on a cycle (loops) come last, in the order of the graph.
   *
   * @param outputs names of variables
   */
  public static List<Op> of(SameDiff graph, Collection<String> outputs) {
    OpOrder order = new OpOrder(graph);
    return order.sort(order.needed(outputs));
  }

  private Set<Op> needed(Collection<String> outputs) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<Op> pending = new ArrayDeque<>();
    for (String output : outputs) {
      visit(output, seen, pending);
    }
    while (!pending.isEmpty()) {
      pending.pop().inputs().forEach(input -> visit(input, seen, pending));
    }
    Set<Op> needed = new LinkedHashSet<>();
    for (Op op : ops.values()) {
      if (seen.contains(op.name())) {
        needed.add(op);
      }
    }
    return needed;
  }

  private void visit(String variable, Set<String> seen, Deque<Op> pending) {
    Op producer = producers.get(variable);
    if (producer != null && seen.add(producer.name())) {
      pending.push(producer);
    }
  }

  private List<Op> sort(Set<Op> needed) {
    Map<Op, Integer> missing = new HashMap<>();
    Map<Op, List<Op>> readers = new HashMap<>();
    Deque<Op> ready = new ArrayDeque<>();
    for (Op op : needed) {
      Set<Op> sources = new LinkedHashSet<>();
      for (String input : op.inputs()) {
        Op producer = producers.get(input);
        if (producer != null) {
          sources.add(producer);
        }
      }
      missing.put(op, sources.size());
      sources.forEach(source -> readers.computeIfAbsent(source, s -> new ArrayList<>()).add(op));
      if (sources.isEmpty()) {
        ready.add(op);
      }
    }
    Set<Op> sorted = new LinkedHashSet<>();
    while (!ready.isEmpty()) {
      Op op = ready.poll();
      sorted.add(op);
      for (Op reader : readers.getOrDefault(op, List.of())) {
        if (missing.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    sorted.addAll(needed);
    return List.copyOf(sorted);
  }
}
