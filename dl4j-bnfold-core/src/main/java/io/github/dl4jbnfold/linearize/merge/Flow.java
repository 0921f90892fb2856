package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a step of a network reads, as a convolution sees it: channels at positions. A vector that
 * was an image before, flattened or pooled, still has the axes of the image.
 *
 * @param shape of one example with the number of channels, without the number of examples
 * @param channelAxis of the array, the examples being axis 0
 * @param flat whether it comes as a vector of all channels at all positions
 */
public record Flow(List<Long> shape, int channelAxis, boolean flat) {
  public Flow {
    shape = List.copyOf(shape);
  }

  /** An array as it is. */
  public static Flow of(int channelAxis, long... array) {
    List<Long> shape = new ArrayList<>();
    for (int i = 1; i < array.length; i++) {
      shape.add(array[i]);
    }
    return new Flow(shape, channelAxis, false);
  }

  /** The same, flattened in row-major order. */
  public Flow flattened() {
    return new Flow(shape, channelAxis, true);
  }

  /** Whether it has one axis of positions, which may be the time. */
  public boolean isSequence() {
    return shape.size() == 2;
  }

  public int channels() {
    return Math.toIntExact(shape.get(channelAxis - 1));
  }

  /** The sizes of all axes but that of the channels. */
  public long[] sizes(int axis) {
    List<Long> sizes = new ArrayList<>(shape);
    sizes.remove(axis - 1);
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  public boolean isReadAlong(int axis) {
    return !flat && axis == channelAxis;
  }

  /** Whether a vector of this many numbers is all of it. */
  public boolean isFlattened(long length) {
    long all = shape.stream().reduce(1L, (a, b) -> a * b);
    boolean point = all == channels();
    return length == all && (flat || point);
  }

  /** What a convolution with this form writes that reads it. */
  public Flow through(Form form) {
    List<Long> written = new ArrayList<>();
    for (long size : form.outputSizes(sizes(channelAxis))) {
      written.add(size);
    }
    written.add(channelAxis - 1, (long) form.outputs());
    return new Flow(written, channelAxis, false);
  }

  /** Kernels as large as it is. */
  public List<Axis> wholeAxes() {
    List<Axis> axes = new ArrayList<>();
    for (long size : sizes(channelAxis)) {
      axes.add(new Axis(Math.toIntExact(size), 1, 1, 0, 0));
    }
    return axes;
  }

  /**
   * The weights of a layer that reads a vector of it.
   *
   * @param matrix [outputs, all elements in row-major order]
   * @return [outputs, channels, size…]
   */
  public INDArray unflattened(INDArray matrix) {
    long[] spread = new long[shape.size() + 1];
    spread[0] = matrix.size(0);
    int[] order = new int[spread.length];
    order[1] = channelAxis;
    int next = 2;
    for (int i = 1; i < spread.length; i++) {
      spread[i] = shape.get(i - 1);
      if (i != channelAxis) {
        order[next++] = i;
      }
    }
    return matrix.reshape(spread).permute(order).dup('c');
  }

  /**
   * The other way round.
   *
   * @param weights [outputs, channels, size…]
   * @return [outputs, all elements in row-major order]
   */
  public INDArray flattened(INDArray weights) {
    int[] order = new int[weights.rank()];
    int next = 2;
    for (int i = 1; i < order.length; i++) {
      order[i] = i == channelAxis ? 1 : next++;
    }
    return weights.permute(order).dup('c').reshape(weights.size(0), -1);
  }
}
