package io.github.dl4jbnfold.samediff.read;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Translates a SameDiff graph. The graph is not changed and no weight is copied. */
public final class SameDiffReader {
  private SameDiffReader() {}

  /**
   * Reads what the outputs need.
   *
   * @param outputs the variables whose values are to be preserved
   * @param shapes the shape of every variable that the outputs need, from one run of the graph
   */
  public static SameDiffReading read(
      SameDiff graph, Set<String> outputs, Map<String, long[]> shapes) {
    List<Op> ops = OpOrder.of(graph, outputs);
    Constants constants = new Constants(graph, ops);
    Reading reading =
        new Reading(ops, shapes, constants, new LinkedHashSet<>(outputs), hasStaticShapes(graph));
    for (Op op : ops) {
      if (op.outputs().stream().anyMatch(constants::isComputed)) {
        continue;
      }
      Translator translator = isOrdinary(graph, op) ? Translators.of(op.type()) : null;
      if (translator == null || !translator.translate(op, reading)) {
        reading.wall(op);
      }
    }
    return reading.finish();
  }

  /** Control dependencies tie an operator to its name and its place. */
  private static boolean isOrdinary(SameDiff graph, Op op) {
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

  private static boolean hasStaticShapes(SameDiff graph) {
    for (SDVariable input : graph.placeHolders()) {
      long[] shape = input.placeholderShape();
      if (shape == null || Arrays.stream(shape).skip(1).anyMatch(size -> size < 0)) {
        return false;
      }
    }
    return true;
  }
}
