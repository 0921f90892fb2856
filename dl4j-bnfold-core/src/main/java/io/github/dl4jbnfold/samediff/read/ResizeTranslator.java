package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;

/** Nearest and bilinear resizing: every new value is an average of old ones of its channel. */
final class ResizeTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    if (in == null || out == null || reading.layout(op.input(0)) == null) {
      return false;
    }
    boolean channelsSecond =
        switch (op.type()) {
          case "upsampling2d" -> op.integer(2, 1) != 0;
          case "upsampling3d" -> op.integer(3, 1) != 0;
          default -> false;
        };
    int axis = channelsSecond ? 1 : in.length - 1;
    if (in[axis] != out[axis]) {
      return false;
    }
    reading.add(
        new Carrier(
            op.label(),
            "resize",
            reading.input(op.input(0), Layout.ofAxis(in, axis)),
            reading.output(op.output(), Layout.ofAxis(out, axis)),
            true));
    return true;
  }
}
