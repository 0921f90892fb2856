package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ReduceOp;

/** Mean and maximum over positions: global pooling. */
final class ReductionTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    Layout layout = reading.layout(op.input(0));
    boolean[] reduced = in == null ? null : reducedAxes(op, in.length, reading);
    if (in == null || out == null || layout == null || reduced == null) {
      return false;
    }
    int axis = layout.axisIn(in);
    if (axis < 0 || reduced[axis]) {
      return false;
    }
    int outAxis = 0;
    for (int i = 0; i < axis; i++) {
      outAxis += reduced[i] && out.length < in.length ? 0 : 1;
    }
    if (outAxis >= out.length || out[outAxis] != in[axis]) {
      return false;
    }
    Tensor x = reading.input(op.input(0), layout);
    Tensor y = reading.output(op.output(), Layout.ofAxis(out, outAxis));
    reading.add(
        op.type().equals("reduce_mean")
            ? new Carrier(op.label(), "mean over positions", x, y, true)
            : new MaxPool(op.label(), "maximum over positions", x, y));
    return true;
  }

  private static boolean @Nullable [] reducedAxes(Op op, int rank, Reading reading) {
    INDArray axes =
        op.inputs().size() > 1
            ? reading.constants().array(op.input(1))
            : op.function() instanceof ReduceOp reduce ? reduce.dimensions() : null;
    if (axes == null) {
      return null;
    }
    boolean[] reduced = new boolean[rank];
    for (long axis : axes.ravel().toLongVector()) {
      long at = axis < 0 ? axis + rank : axis;
      if (at < 0 || at >= rank) {
        return null;
      }
      reduced[(int) at] = true;
    }
    return reduced;
  }
}
