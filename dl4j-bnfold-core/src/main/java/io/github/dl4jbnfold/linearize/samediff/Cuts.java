package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Slices of positions, each so many: kernels of one tap. The integer arguments of strided_slice are
 * five masks (begin, ellipsis, end, new axis, shrunk axis), then begin, end and stride of each
 * axis.
 */
final class Cuts {
  private static final int MASKS = 5;

  private Cuts() {}

  /**
   * The axes; null for a slice of examples or channels, and for another rank.
   *
   * @param in the shape of what is cut
   * @param out that of what is left
   */
  static @Nullable List<Axis> axes(Op op, Flow flow, long[] in, long[] out) {
    int rank = in.length;
    boolean reshapes = op.integer(1, 0) != 0 || op.integer(3, 0) != 0 || op.integer(4, 0) != 0;
    if (reshapes
        || op.inputs().size() != 1
        || op.integers().length < MASKS + 3 * rank
        || out.length != rank
        || rank != flow.shape().size() + 1) {
      return null;
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      boolean first = (op.integer(0, 0) >> i & 1) == 1;
      long stated = first ? 0 : op.integer(MASKS + i, 0);
      int begin = Math.toIntExact(stated < 0 ? stated + in[i] : stated);
      int stride = Math.toIntExact(op.integer(MASKS + 2 * rank + i, 1));
      if (i == 0 || i == flow.channelAxis()) {
        if (begin != 0 || stride != 1 || out[i] != in[i]) {
          return null;
        }
      } else if (stride < 1 || begin < 0 || out[i] < 1) {
        return null;
      } else {
        long last = begin + stride * (out[i] - 1);
        axes.add(new Axis(1, stride, 1, -begin, Math.toIntExact(last + 1 - in[i])));
      }
    }
    return axes;
  }
}
