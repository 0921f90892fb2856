package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;

/** Translates a SameDiff graph. The graph is not changed and no weight is copied. */
public final class SameDiffReader {
  private static final String CONTROLLED = "Its place is tied by control dependencies.";
  private static final String CHANGING =
      "Not every run takes the branch that it is in, or its channel axis changes its size.";

  private final SameDiff graph;
  private final Set<String> outputs;
  private final List<Op> ops;
  private final Constants constants;
  private final Set<String> dependOnSizes = new HashSet<>();

  private SameDiffReader(SameDiff graph, Set<String> outputs) {
    this.graph = graph;
    this.outputs = new LinkedHashSet<>(outputs);
    this.ops = OpOrder.of(graph, outputs);
    this.constants = new Constants(graph, ops);
  }

  /**
   * Reads what the outputs need. An operator that means something else in the second run than in
   * the first is a wall.
   *
   * @param outputs the variables whose values are to be preserved
   * @param shapes the shape of every variable that the outputs need
   */
  public static SameDiffReading read(SameDiff graph, Set<String> outputs, Shapes shapes) {
    SameDiffReader reader = new SameDiffReader(graph, outputs);
    while (true) {
      SameDiffReading reading = reader.read(shapes);
      Map<String, String> one = signatures(reading);
      Map<String, String> other = signatures(reader.read(shapes.exchanged()));
      Set<String> names = new HashSet<>(one.keySet());
      names.addAll(other.keySet());
      names.removeIf(name -> one.getOrDefault(name, "").equals(other.getOrDefault(name, "")));
      if (!reader.dependOnSizes.addAll(names)) {
        return reading;
      }
    }
  }

  private SameDiffReading read(Shapes shapes) {
    Reading reading = new Reading(ops, shapes, constants, outputs);
    for (Op op : ops) {
      if (op.outputs().stream().anyMatch(constants::isComputed)) {
        continue;
      }
      Translator translator = Translators.of(op.type());
      if (translator == null) {
        reading.wall(op);
      } else if (!isOrdinary(op)) {
        refuseIfBatchNorm(op, reading, CONTROLLED, "Remove the dependencies.");
        reading.wall(op);
      } else if (!isTheSameInEveryRun(op, reading)) {
        refuseIfBatchNorm(op, reading, CHANGING, "State the sizes of the inputs.");
        reading.wall(op);
      } else if (!translator.translate(op, reading)) {
        reading.wall(op);
      }
    }
    return reading.finish();
  }

  private boolean isTheSameInEveryRun(Op op, Reading reading) {
    return op.outputs().stream().noneMatch(name -> dependOnSizes.contains(name))
        && reading.shape(op.output()) != null;
  }

  private static void refuseIfBatchNorm(Op op, Reading reading, String detail, String remedy) {
    if (Translators.isBatchNorm(op.type())) {
      reading.refuse(new Refusal(op.label(), Reason.UNSUPPORTED_FORM, detail, remedy));
    }
  }

  /** What the solver knows of the operators of each name; weights do not depend on sizes. */
  private static Map<String, String> signatures(SameDiffReading reading) {
    Map<String, String> signatures = new HashMap<>();
    for (Operator operator : reading.graph().operators()) {
      String text =
          operator.getClass().getSimpleName()
              + operator.kind()
              + operator.inputs().stream().map(Tensor::channels).toList()
              + operator.outputs().stream().map(Tensor::channels).toList()
              + (operator instanceof Linear linear ? linear.border() : "")
              + (operator instanceof ChannelMap map ? Arrays.hashCode(map.source()) : "");
      signatures.merge(operator.name(), text, String::concat);
    }
    return signatures;
  }

  /** Control dependencies tie an operator to its name and its place. */
  private boolean isOrdinary(Op op) {
    var source = graph.getOps().get(op.name());
    return source != null
        && !op.inputs().isEmpty()
        && isEmpty(source.getControlDeps())
        && isEmpty(source.getVarControlDeps())
        && isEmpty(source.getControlDepFor());
  }

  private static boolean isEmpty(List<String> names) {
    return names == null || names.isEmpty();
  }
}
