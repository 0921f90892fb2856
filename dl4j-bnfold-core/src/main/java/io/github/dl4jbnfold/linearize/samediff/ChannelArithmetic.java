package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Additions and multiplications of one number per channel, biases among them. */
final class ChannelArithmetic {
  private final Constants constants;
  private final Shapes shapes;

  ChannelArithmetic(Constants constants, Shapes shapes) {
    this.constants = constants;
    this.shapes = shapes;
  }

  /**
   * Scale and shift per channel; null if it is something else.
   *
   * @param data which input is not the constant
   * @param flow what it reads
   */
  double @Nullable [][] read(Op op, int data, Flow flow) {
    long[] in = shapes.of(op.input(data));
    if (in == null || flow.flat() || !Arrays.equals(in, shapes.of(op.output()))) {
      return null;
    }
    int channels = flow.channels();
    double[] k = null;
    if (op.inputs().size() == 1 && op.function() instanceof ScalarOp scalar) {
      k = filled(scalar.scalar() == null ? 0 : scalar.scalar().getDouble(0), channels);
    } else if (op.inputs().size() == 2) {
      INDArray constant = constants.array(op.input(1 - data));
      k = constant == null ? null : values(op, constant, flow, in);
    }
    return k == null ? null : affine(op.type(), k);
  }

  private static double @Nullable [][] affine(String type, double[] k) {
    double[] ones = filled(1, k.length);
    double[] none = new double[k.length];
    return switch (type) {
      case "add", "add_scalar", "biasadd" -> new double[][] {ones, k};
      case "subtract", "sub_scalar" ->
          new double[][] {ones, Arrays.stream(k).map(v -> -v).toArray()};
      case "multiply", "mul_scalar" -> new double[][] {k, none};
      case "divide", "realdiv", "div_scalar" ->
          new double[][] {Arrays.stream(k).map(v -> 1 / v).toArray(), none};
      default -> null;
    };
  }

  private static double[] filled(double value, int length) {
    double[] all = new double[length];
    Arrays.fill(all, value);
    return all;
  }

  /** The axis of the array that the channels are: a vector has them behind its examples. */
  static int axis(Flow flow, int rank) {
    return rank == 2 ? 1 : flow.channelAxis();
  }

  private static double @Nullable [] values(Op op, INDArray constant, Flow flow, long... in) {
    int axis = axis(flow, in.length);
    if (op.type().equals("biasadd")) {
      boolean first = op.booleans().length > 0 && op.booleans()[0];
      int stated = first || in.length == 2 ? 1 : in.length - 1;
      return stated == axis && constant.length() == in[axis] ? numbers(constant) : null;
    }
    if (constant.length() == 1) {
      return filled(numbers(constant)[0], flow.channels());
    }
    for (int i = 0; i < constant.rank(); i++) {
      boolean along = in.length - constant.rank() + i == axis;
      if (constant.size(i) != (along ? in[axis] : 1)) {
        return null;
      }
    }
    return constant.rank() > in.length ? null : numbers(constant);
  }

  private static double[] numbers(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }
}
