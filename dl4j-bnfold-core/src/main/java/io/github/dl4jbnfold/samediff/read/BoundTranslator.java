package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Bound;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.samediff.read.Binding.BoundBinding;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** maximum and minimum with a constant that differs between channels only. */
final class BoundTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    for (int input = 0; input < 2 && op.inputs().size() == 2; input++) {
      INDArray constant = reading.constants().array(op.input(input));
      if (constant != null && !reading.constants().isKnown(op.input(1 - input))) {
        return translate(op, input, constant, reading);
      }
    }
    return false;
  }

  private static boolean translate(Op op, int input, INDArray constant, Reading reading) {
    String operand = op.input(1 - input);
    long[] shape = reading.shape(op.output());
    Layout known = reading.layout(operand);
    if (shape == null || known == null || !Arrays.equals(shape, reading.shape(operand))) {
      return false;
    }
    Layout layout = ChannelVectors.layout(constant.shape(), op.output(), known, reading);
    if (layout == null || !layout.equals(known) || layout.axisIn(shape) < 0) {
      return false;
    }
    reading.add(
        new Bound(
            op.label(),
            reading.input(operand, layout),
            reading.output(op.output(), layout),
            op.type().equals("maximum"),
            ChannelVectors.values(constant, layout.channels())),
        new BoundBinding(op, input, ChannelVectors.broadcastShape(shape, layout.axisIn(shape))));
    return true;
  }
}
