package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * split, slice and strided slice: channels are selected on the channel axis, positions elsewhere.
 */
final class SliceTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    int input = op.type().equals("split") && op.inputs().size() > 1 ? 1 : 0;
    long[] in = reading.shape(op.input(input));
    Layout layout = reading.layout(op.input(input));
    int axis = in == null || layout == null ? -1 : layout.axisIn(in);
    if (in == null || layout == null || axis < 0) {
      return false;
    }
    return switch (op.type()) {
      case "split", "split_v" -> split(op, input, in, axis, reading);
      default -> slice(op, in, axis, reading);
    };
  }

  private static boolean split(Op op, int input, long[] in, int axis, Reading reading) {
    for (String output : op.outputs()) {
      long[] out = reading.shape(output);
      if (out == null || out.length != in.length) {
        return false;
      }
    }
    int from = 0;
    for (String output : op.outputs()) {
      long[] out = reading.shape(output);
      if (out != null) {
        select(op, op.input(input), output, out, axis, from, 1, reading);
        from += out[axis] == in[axis] ? 0 : (int) out[axis];
      }
    }
    return true;
  }

  private static boolean slice(Op op, long[] in, int axis, Reading reading) {
    long[] out = reading.shape(op.output());
    long[] begin = begin(op, in.length, reading);
    if (out == null || begin == null || out.length != in.length) {
      return false;
    }
    long stride = 1;
    if (op.type().equals("strided_slice")) {
      long[] strides = strides(op, in.length, reading);
      if (strides == null) {
        return false;
      }
      stride = strides[axis];
    }
    if (begin[axis] < 0 || begin[axis] + (out[axis] - 1) * stride >= in[axis]) {
      return false;
    }
    select(op, op.input(0), op.output(), out, axis, (int) begin[axis], (int) stride, reading);
    return true;
  }

  private static void select(
      Op op,
      String input,
      String output,
      long[] out,
      int axis,
      int from,
      int stride,
      Reading reading) {
    long[] in = reading.shape(input);
    Tensor x = reading.input(input, Layout.ofAxis(in == null ? out : in, axis));
    Tensor y = reading.output(output, Layout.ofAxis(out, axis));
    if (x.channels() == y.channels() && stride == 1) {
      reading.add(new Carrier(op.label(), op.type(), x, y));
      return;
    }
    int[] source = new int[y.channels()];
    Arrays.setAll(source, i -> from + i * stride);
    reading.add(
        new ChannelMap(op.label(), op.type(), x, y, ChannelMap.Direction.OUTPUT_TO_INPUT, source));
  }

  /** The first index on each axis, with negative ones and masked ones resolved. */
  private static long @Nullable [] begin(Op op, int rank, Reading reading) {
    boolean strided = op.type().equals("strided_slice");
    // Ellipsis, new axes and shrunk axes change which axis is which.
    if (strided && (op.integer(1, 0) != 0 || op.integer(3, 0) != 0 || op.integer(4, 0) != 0)) {
      return null;
    }
    long[] begin = argument(op, strided ? 5 : 0, 1, rank, reading);
    long[] in = reading.shape(op.input(0));
    if (begin == null || in == null) {
      return null;
    }
    long[] resolved = begin.clone();
    for (int i = 0; i < rank; i++) {
      boolean masked = strided && (op.integer(0, 0) >> i & 1) == 1;
      resolved[i] = masked ? 0 : begin[i] < 0 ? begin[i] + in[i] : begin[i];
    }
    return resolved;
  }

  private static long @Nullable [] strides(Op op, int rank, Reading reading) {
    long[] strides =
        op.inputs().size() == 1 || op.inputs().size() > 3
            ? argument(op, 5 + 2 * rank, 3, rank, reading)
            : null;
    return strides == null || Arrays.stream(strides).anyMatch(s -> s < 1) ? null : strides;
  }

  /** A list of one number per axis: from the integer arguments, else from an input. */
  private static long @Nullable [] argument(
      Op op, int firstInteger, int input, int rank, Reading reading) {
    if (op.integers().length >= firstInteger + rank) {
      return Arrays.copyOfRange(op.integers(), firstInteger, firstInteger + rank);
    }
    INDArray array = op.inputs().size() > input ? reading.constants().array(op.input(input)) : null;
    return array == null || array.length() != rank ? null : array.ravel().toLongVector();
  }
}
