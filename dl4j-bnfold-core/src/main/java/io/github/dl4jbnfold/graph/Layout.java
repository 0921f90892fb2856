package io.github.dl4jbnfold.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the channel index of an array sits: the element at row-major position p belongs to channel
 * (p / inner) mod channels. NCHW has inner = H·W, NHWC has inner = 1; a reshape leaves the layout
 * as it is, so a flattened NCHW array still has inner = H·W.
 */
public record Layout(long inner, int channels) {

  /** The layout whose channel index is one axis of the shape; negative axes count from the end. */
  public static Layout ofAxis(long[] shape, int axis) {
    int at = axis < 0 ? axis + shape.length : axis;
    long inner = 1;
    for (int i = at + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    return new Layout(inner, Math.toIntExact(shape[at]));
  }

  /** The axis that is the channel index, or −1 if it is no single axis of the shape. */
  public int axisIn(long[] shape) {
    int[] axes = axesIn(shape);
    return axes != null && axes.length == 1 ? axes[0] : -1;
  }

  /** The consecutive axes that together are the channel index, or null if there are none. */
  public int @Nullable [] axesIn(long[] shape) {
    int last = shape.length - 1;
    long trailing = 1;
    while (last >= 0 && (trailing != inner || (shape[last] == 1 && channels > 1))) {
      trailing *= shape[last];
      last--;
    }
    if (last < 0) {
      return null;
    }
    int first = last;
    long product = shape[last];
    while (product < channels && first > 0) {
      first--;
      product *= shape[first];
    }
    if (product != channels) {
      return null;
    }
    int[] axes = new int[last - first + 1];
    int start = first;
    Arrays.setAll(axes, i -> start + i);
    return axes;
  }

  /**
   * For each channel of this layout the channel of the coarser one that it is a part of, or null if
   * this layout does not refine it.
   */
  public int @Nullable [] refines(Layout coarse) {
    if (coarse.channels == 1) {
      return new int[channels];
    }
    if (coarse.inner % inner != 0) {
      return null;
    }
    long step = coarse.inner / inner;
    if (channels % (step * coarse.channels) != 0) {
      return null;
    }
    int[] map = new int[channels];
    for (int e = 0; e < channels; e++) {
      map[e] = (int) ((e / step) % coarse.channels);
    }
    return map;
  }
}
