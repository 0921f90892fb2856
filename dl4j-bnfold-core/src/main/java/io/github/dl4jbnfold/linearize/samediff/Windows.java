package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The integer arguments of SameDiff's operators with windows: kernel, stride, padding, dilation
 * (one number per spatial axis each) and padding mode; then, for convolutions, whether the channels
 * come last and the weight format, for pools, whether padding counts and whether the channels come
 * last.
 */
final class Windows {
  private static final int SAME = 1;
  private static final int CAUSAL = 2;

  private Windows() {}

  static int channelAxis(Op op, int spatial) {
    return op.integer(4 * spatial + 1, 0) != 0 ? spatial + 1 : 1;
  }

  static int weightFormat(Op op, int spatial) {
    return (int) op.integer(4 * spatial + 2, 0);
  }

  static int poolAxis(Op op, int spatial) {
    return op.integer(4 * spatial + 2, 0) != 0 ? spatial + 1 : 1;
  }

  static boolean countsZeros(Op op, int spatial) {
    return op.integer(4 * spatial + 1, 0) != 0;
  }

  /** The axes of a convolution; null for a mode that is not known. */
  static @Nullable List<Axis> convolution(Op op, long[] kernel, long... sizes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      int dilation = Math.max(1, (int) op.integer(3 * sizes.length + i, 1));
      Axis axis = axis(op, i, (int) kernel[i], dilation, sizes);
      if (axis == null) {
        return null;
      }
      axes.add(axis);
    }
    return axes;
  }

  /** The axes of a pool. */
  static @Nullable List<Axis> pool(Op op, long... sizes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      if (op.integer(i, 0) < 1 || op.integer(3 * sizes.length + i, 1) > 1) {
        return null;
      }
      Axis axis = axis(op, i, (int) op.integer(i, 1), 1, sizes);
      if (axis == null) {
        return null;
      }
      axes.add(axis);
    }
    return axes;
  }

  private static @Nullable Axis axis(Op op, int i, int kernel, int dilation, long... sizes) {
    int spatial = sizes.length;
    int padding = (int) op.integer(2 * spatial + i, 0);
    Axis bare = new Axis(kernel, (int) op.integer(spatial + i, 1), dilation, 0, 0);
    return switch ((int) op.integer(4 * spatial, 0)) {
      case 0 -> bare.padded(padding, padding);
      case SAME -> bare.paddedToSame(sizes[i]);
      case CAUSAL -> spatial == 1 ? bare.padded(bare.extent() - 1, 0) : null;
      default -> null;
    };
  }
}
