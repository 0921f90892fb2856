package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.rewrite.Clamp;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Writes a {@link Clamp} with the operators of SameDiff. */
final class ClampWriter {
  private final SameDiff graph;
  private final GraphEditor editor;
  private final String base;
  private final long[] channelShape;
  private final DataType type;

  /**
   * @param base prefix of the names of new constants
   * @param channelShape the shape in which a channel vector broadcasts against the activation
   */
  ClampWriter(
      SameDiff graph, GraphEditor editor, String base, List<Long> channelShape, DataType type) {
    this.graph = graph;
    this.editor = editor;
    this.base = base;
    this.channelShape = channelShape.stream().mapToLong(Long::longValue).toArray();
    this.type = type;
  }

  /** The clamp of a variable. */
  SDVariable apply(Clamp clamp, SDVariable x) {
    SDVariable y = x;
    if (clamp.lower() != null) {
      y = graph.math().max(y, bound(clamp.lower(), x, "lower"));
    }
    return clamp.upper() == null ? y : graph.math().min(y, bound(clamp.upper(), x, "upper"));
  }

  private SDVariable bound(Clamp.Bound bound, SDVariable x, String name) {
    SDVariable offset = constant(bound.offset(), name);
    return bound.slope() == null
        ? offset
        : x.mul(constant(bound.slope(), name + "_slope")).add(offset);
  }

  private SDVariable constant(double[] values, String name) {
    long[] shape = channelShape.clone();
    shape[0] = values.length;
    return graph.getVariable(
        editor.addConstant(
            base + "_" + name, Nd4j.createFromArray(values).reshape(shape).castTo(type)));
  }
}
