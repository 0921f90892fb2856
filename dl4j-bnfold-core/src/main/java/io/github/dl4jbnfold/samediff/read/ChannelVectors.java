package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Constants that broadcast against an array as one number per channel. */
final class ChannelVectors {
  private ChannelVectors() {}

  /**
   * The layout along which a constant varies, if that is a single axis: the layout of the operand
   * where the constant is one number, else the axis in which the constant has more than one
   * element.
   *
   * @return null if the constant varies along several axes
   */
  static @Nullable Layout layout(
      long[] constant, String variable, @Nullable Layout operand, Reading reading) {
    long[] shape = Objects.requireNonNull(reading.shape(variable));
    int axis = -1;
    for (int i = 0; i < constant.length; i++) {
      if (constant[i] != 1) {
        if (axis >= 0) {
          return null;
        }
        axis = shape.length - constant.length + i;
      }
    }
    if (axis >= 0) {
      return Layout.ofAxis(shape, axis);
    }
    return operand != null && operand.axisIn(shape) >= 0
        ? operand
        : Layout.ofAxis(shape, likelyAxis(shape, variable, reading));
  }

  /** Where nothing tells the channels: the second axis, or the last, whose size is fixed. */
  private static int likelyAxis(long[] shape, String variable, Reading reading) {
    boolean second = shape.length > 1 && reading.isFixed(variable, 1);
    return second ? 1 : shape.length - 1;
  }

  /** One number per channel; a constant of one number is repeated. */
  static double[] values(INDArray constant, int channels) {
    double[] values =
        constant.castTo(DataType.DOUBLE).dup('c').reshape(constant.length()).toDoubleVector();
    if (values.length == channels) {
      return values;
    }
    double[] repeated = new double[channels];
    Arrays.fill(repeated, values[0]);
    return repeated;
  }

  /** The shape in which a channel vector broadcasts against an array of the given shape. */
  static List<Long> broadcastShape(long[] shape, int axis) {
    List<Long> result = new ArrayList<>(Collections.nCopies(shape.length - axis, 1L));
    result.set(0, shape[axis]);
    return result;
  }
}
