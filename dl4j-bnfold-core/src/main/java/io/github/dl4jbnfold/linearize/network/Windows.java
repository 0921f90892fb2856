package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Axis;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;

/** Kernels, strides and paddings of DL4J's layers, the padding said in numbers. */
final class Windows {
  private Windows() {}

  /** The axes of a convolution that reads an input of given sizes. */
  static List<Axis> of(ConvolutionLayer layer, long... sizes) {
    return axes(
        layer instanceof Convolution1DLayer ? 1 : layer.getKernelSize().length,
        layer.getKernelSize(),
        layer.getStride(),
        layer.getPadding(),
        layer.getDilation(),
        layer.getConvolutionMode(),
        sizes);
  }

  /** The axes of a pool. */
  static List<Axis> of(SubsamplingLayer layer, long... sizes) {
    return axes(
        layer instanceof Subsampling1DLayer ? 1 : layer.getKernelSize().length,
        layer.getKernelSize(),
        layer.getStride(),
        layer.getPadding(),
        layer.getDilation(),
        layer.getConvolutionMode(),
        sizes);
  }

  /** Whether the padding depends on the size of the input. */
  static boolean dependOnSizes(ConvolutionLayer layer) {
    return dependOnSizes(layer.getConvolutionMode(), layer.getKernelSize(), layer.getStride());
  }

  /** Whether the padding depends on the size of the input. */
  static boolean dependOnSizes(SubsamplingLayer layer) {
    return dependOnSizes(layer.getConvolutionMode(), layer.getKernelSize(), layer.getStride());
  }

  private static boolean dependOnSizes(ConvolutionMode mode, int[] kernel, int[] stride) {
    boolean strided = false;
    for (int i = 0; i < kernel.length; i++) {
      strided |= stride[i] > 1 && kernel[i] > 1;
    }
    return mode == ConvolutionMode.Same && strided;
  }

  private static List<Axis> axes(
      int count,
      int[] kernel,
      int[] stride,
      int @Nullable [] padding,
      int @Nullable [] dilation,
      ConvolutionMode mode,
      long... sizes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Axis bare = new Axis(kernel[i], stride[i], at(dilation, i, 1), 0, 0);
      axes.add(padded(bare, at(padding, i, 0), mode, sizes[i]));
    }
    return axes;
  }

  private static int at(int @Nullable [] values, int index, int otherwise) {
    return values == null || index >= values.length ? otherwise : values[index];
  }

  private static Axis padded(Axis bare, int padding, ConvolutionMode mode, long size) {
    if (mode == ConvolutionMode.Same) {
      return bare.paddedToSame(size);
    } else if (mode == ConvolutionMode.Causal) {
      return bare.padded(bare.extent() - 1, 0);
    }
    return bare.padded(padding, padding);
  }
}
