package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Binding.Positions;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * pad (iArgs: mode 0 constant, 1 reflect, 2 symmetric; tArgs: value) and mirror_pad. Mirrored
 * padding repeats values, zeros do not carry a shift, and zero channels are channels of their own.
 */
final class PaddingTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    Layout layout = reading.layout(op.input(0));
    INDArray widths = op.inputs().size() > 1 ? reading.constants().array(op.input(1)) : null;
    if (in == null || out == null || layout == null || widths == null) {
      return false;
    }
    int axis = layout.axisIn(in);
    boolean mirrored = op.type().equals("mirror_pad") || op.integer(0, 0) != 0;
    boolean padsChannels = axis >= 0 && in[axis] != out[axis];
    boolean padsAnotherValue = !mirrored && op.real(0, 0) != 0;
    if (axis < 0 || (mirrored && padsChannels) || padsAnotherValue) {
      return false;
    }
    Tensor x = reading.input(op.input(0), Layout.ofAxis(in, axis));
    Tensor y = reading.output(op.output(), Layout.ofAxis(out, axis));
    if (padsChannels) {
      long before = widths.getLong(axis, 0);
      padChannels(op, x, y, (int) before, padsPositions(in, out, axis), reading);
    } else if (mirrored || !padsPositions(in, out, axis)) {
      reading.add(new Carrier(op.label(), mirrored ? "mirrored padding" : op.type(), x, y, true));
    } else {
      addZeroPadding(op, x, y, axis, in[0] == out[0], reading);
    }
    return true;
  }

  private static void addZeroPadding(
      Op op, Tensor x, Tensor y, int axis, boolean keepsBatch, Reading reading) {
    Positions positions = keepsBatch ? reading.positions(op.input(0), axis) : null;
    ZeroPadding padding = new ZeroPadding(op.label(), "zero padding", x, y, positions != null);
    if (positions == null) {
      reading.add(padding);
    } else {
      reading.add(padding, new PaddingBinding(op, positions));
    }
  }

  private static boolean padsPositions(long[] in, long[] out, int axis) {
    long[] positions = out.clone();
    positions[axis] = in[axis];
    return !Arrays.equals(in, positions);
  }

  private static void padChannels(
      Op op, Tensor x, Tensor y, int before, boolean padsPositions, Reading reading) {
    int[] source = new int[y.channels()];
    for (int i = 0; i < source.length; i++) {
      int from = i - before;
      source[i] = from >= 0 && from < x.channels() ? from : ChannelMap.ZERO;
    }
    Tensor widened = padsPositions ? reading.intermediate(y) : y;
    reading.add(
        new ChannelMap(
            op.label(),
            "zero padding of channels",
            x,
            widened,
            ChannelMap.Direction.OUTPUT_TO_INPUT,
            source));
    if (padsPositions) {
      reading.add(new ZeroPadding(op.label(), "zero padding", widened, y));
    }
  }
}
