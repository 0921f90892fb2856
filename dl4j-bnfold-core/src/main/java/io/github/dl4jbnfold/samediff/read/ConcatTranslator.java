package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Concatenation;
import io.github.dl4jbnfold.graph.Juxtaposition;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * concat: slice by slice on the channel axis; on another axis all inputs and the output share one
 * gauge.
 */
final class ConcatTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] out = reading.shape(op.output());
    if (out == null || op.integers().length == 0) {
      return false;
    }
    int axis = (int) (op.integer(0, 0) < 0 ? op.integer(0, 0) + out.length : op.integer(0, 0));
    int channelAxis = channelAxis(op, reading);
    if (channelAxis < 0) {
      return false;
    }
    List<Tensor> inputs = new ArrayList<>();
    for (String input : op.inputs()) {
      long[] shape = reading.shape(input);
      if (shape == null || shape.length != out.length) {
        return false;
      }
      inputs.add(reading.input(input, Layout.ofAxis(shape, channelAxis)));
    }
    Tensor output = reading.output(op.output(), Layout.ofAxis(out, channelAxis));
    if (axis == channelAxis) {
      reading.add(new Concatenation(op.label(), inputs, output));
    } else {
      reading.add(new Juxtaposition(op.label(), inputs, output));
    }
    return true;
  }

  private static int channelAxis(Op op, Reading reading) {
    for (String input : op.inputs()) {
      Layout layout = reading.layout(input);
      long[] shape = reading.shape(input);
      if (layout != null && shape != null && layout.axisIn(shape) >= 0) {
        return layout.axisIn(shape);
      }
    }
    return -1;
  }
}
