package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Binding.Positions;

/**
 * Maximum and average pooling. iArgs: kernel, stride, padding, dilation (one number per spatial
 * axis each), padding mode, for averages 1 to count padding, channel axis last.
 */
final class PoolingTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    if (in == null || out == null || reading.layout(op.input(0)) == null) {
      return false;
    }
    int spatial = in.length - 2;
    int axis = op.integer(4 * spatial + 2, 0) != 0 ? in.length - 1 : 1;
    Tensor x = reading.input(op.input(0), Layout.ofAxis(in, axis));
    Tensor y = reading.output(op.output(), Layout.ofAxis(out, axis));
    if (op.type().startsWith("max")) {
      reading.add(new MaxPool(op.label(), "max pool", x, y));
    } else if (countsZeros(op, spatial)) {
      Positions positions = reading.positions(op.input(0), axis);
      ZeroPadding pool =
          new ZeroPadding(op.label(), "average pool that counts padding", x, y, positions != null);
      if (positions == null) {
        reading.add(pool);
      } else {
        reading.add(pool, new PaddingBinding(op, positions));
      }
    } else {
      reading.add(new Carrier(op.label(), "average pool", x, y, true));
    }
    return true;
  }

  private static boolean countsZeros(Op op, int spatial) {
    boolean counting = op.integer(4 * spatial + 1, 0) != 0;
    boolean padded = op.integer(4 * spatial, 0) != 0;
    for (int axis = 0; axis < spatial; axis++) {
      padded |= op.integer(2 * spatial + axis, 0) > 0;
    }
    return counting && padded;
  }
}
