package io.github.dl4jbnfold.network.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.jspecify.annotations.Nullable;

/** Kernel, stride, padding and dilation of a convolution, one number per spatial axis. */
record Geometry(int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {
  static Geometry of(ConvolutionLayer layer) {
    // A convolution of sequences carries a second axis that it does not use.
    int axes = layer instanceof Convolution1DLayer ? 1 : layer.getKernelSize().length;
    return new Geometry(
        Arrays.copyOf(layer.getKernelSize(), axes),
        Arrays.copyOf(layer.getStride(), axes),
        padded(layer.getPadding(), axes, 0),
        padded(layer.getDilation(), axes, 1),
        layer.getConvolutionMode());
  }

  private static int[] padded(int @Nullable [] stated, int axes, int rest) {
    int[] all = new int[axes];
    Arrays.fill(all, rest);
    if (stated != null) {
      System.arraycopy(stated, 0, all, 0, Math.min(axes, stated.length));
    }
    return all;
  }

  private int extent(int axis) {
    return (kernel[axis] - 1) * dilation[axis] + 1;
  }

  /** Whether some output reads beyond the border of some input. */
  boolean readsZeros() {
    for (int axis = 0; axis < kernel.length; axis++) {
      boolean unpadded = mode == ConvolutionMode.Truncate || mode == ConvolutionMode.Strict;
      if (unpadded ? padding[axis] > 0 : extent(axis) > 1) {
        return true;
      }
    }
    return false;
  }

  /** Whether each output reads one position. */
  boolean isPoint() {
    for (int axis = 0; axis < kernel.length; axis++) {
      if (kernel[axis] != 1 || (mode != ConvolutionMode.Same && padding[axis] != 0)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it goes on by one position at a time. */
  boolean isDense() {
    return Arrays.stream(stride).allMatch(s -> s == 1);
  }

  String strides() {
    return Arrays.toString(stride);
  }

  /**
   * The tap that reads position stride·i for output i: at P/d on each axis, P the padding before;
   * null if there is none. Theory, section 5.
   */
  @Nullable List<Integer> tap() {
    List<Integer> tap = new ArrayList<>();
    for (int axis = 0; axis < kernel.length; axis++) {
      if (mode == ConvolutionMode.Same && stride[axis] != 1 && extent(axis) > 1) {
        return null; // The padding before depends on the size of the input.
      }
      int before =
          mode == ConvolutionMode.Same
              ? (extent(axis) - 1) / 2
              : mode == ConvolutionMode.Causal ? extent(axis) - 1 : padding[axis];
      int index = before / dilation[axis];
      if (before % dilation[axis] != 0 || index >= kernel[axis]) {
        return null;
      }
      tap.add(index);
    }
    return tap;
  }
}
