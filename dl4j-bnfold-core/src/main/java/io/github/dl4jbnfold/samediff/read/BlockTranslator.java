package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.ChannelMap.Direction;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rearrangements of blocks of positions. Between space and depth (iArgs: block size, NHWC) the
 * channel of the deep side is block position · C + c; between space and batch channels stay.
 */
final class BlockTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    Layout layout = reading.layout(op.input(0));
    if (in == null || out == null || layout == null || in.length != out.length) {
      return false;
    }
    boolean depth = op.type().contains("depth");
    int axis = depth ? (op.integer(1, 0) != 0 ? in.length - 1 : 1) : layout.axisIn(in);
    if (axis < 0 || (!depth && in[axis] != out[axis])) {
      return false;
    }
    Tensor x = reading.input(op.input(0), Layout.ofAxis(in, axis));
    Tensor y = reading.output(op.output(), Layout.ofAxis(out, axis));
    if (depth) {
      boolean deepens = op.type().equals("space_to_depth");
      int[] source = new int[Math.max(x.channels(), y.channels())];
      int shallow = Math.min(x.channels(), y.channels());
      Arrays.setAll(source, i -> i % shallow);
      Direction direction = deepens ? Direction.OUTPUT_TO_INPUT : Direction.INPUT_TO_OUTPUT;
      reading.add(new ChannelMap(op.label(), op.type(), x, y, direction, source));
    } else if (padsZeros(op, reading)) {
      reading.add(new ZeroPadding(op.label(), op.type(), x, y));
    } else {
      reading.add(new Carrier(op.label(), op.type(), x, y));
    }
    return true;
  }

  /** Paddings that are computed may be other ones for other sizes. */
  private static boolean padsZeros(Op op, Reading reading) {
    if (!op.type().startsWith("space_to_batch")) {
      return false;
    }
    String last = op.input(op.inputs().size() - 1);
    INDArray paddings = op.inputs().size() > 1 ? reading.constants().array(last) : null;
    return paddings == null || paddings.sumNumber().doubleValue() != 0;
  }
}
