package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution as a layer of DL4J.
 *
 * @param padding in front of it, what its own padding cannot say; likewise cropping
 * @param layer the convolution
 * @param weights in row-major order of the parameter W
 * @param bias of the parameter b
 */
record MergedLayer(
    Optional<Layer> cropping,
    Optional<Layer> padding,
    ConvolutionLayer layer,
    INDArray weights,
    double[] bias) {
  /** The convolution of images; DL4J has groups for depthwise ones only. */
  static MergedLayer of(Convolution merged, int channelAxis) {
    int dimensions = merged.axes().size();
    Convolution plain = plain(merged);
    boolean own = isSymmetric(plain.form());
    int[] pads = own ? ints(plain.axes(), Axis::before) : new int[dimensions];
    ConvolutionLayer layer = layer(plain.form(), pads, channelAxis);
    return new MergedLayer(
        own ? Optional.empty() : moved(plain.form(), channelAxis, -1),
        own ? Optional.empty() : moved(plain.form(), channelAxis, 1),
        layer,
        memory(plain),
        plain.bias());
  }

  /** In as many groups as DL4J has: those of depthwise convolutions of images. */
  static Convolution plain(Convolution merged) {
    boolean depthwise = merged.axes().size() == 2 && merged.form().isDepthwise();
    return depthwise ? merged : merged.grouped(1);
  }

  /** Whether DL4J can compute it: asymmetric padding has layers of its own, not in each format. */
  static boolean isWritable(Form form, int channelAxis) {
    return isSymmetric(form) || hasLayersFor(form, channelAxis);
  }

  /** Whether DL4J has layers that pad and crop in this format. */
  static boolean hasLayersFor(Form form, int channelAxis) {
    return form.axes().size() == 2 || channelAxis == 1;
  }

  private static boolean isSymmetric(Form form) {
    return form.axes().stream().allMatch(a -> a.before() == a.after() && a.before() >= 0);
  }

  static int[] ints(List<Axis> axes, ToIntFunction<Axis> number) {
    return axes.stream().mapToInt(number).toArray();
  }

  private static ConvolutionLayer layer(Form form, int[] pads, int channelAxis) {
    ConvolutionLayer layer = bare(form, pads, channelAxis);
    layer.setNIn(form.inputs());
    layer.setNOut(form.outputs());
    layer.setHasBias(true);
    layer.setActivationFn(new ActivationIdentity());
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    return layer;
  }

  /** The layers that compute a form, without any numbers. */
  static List<Layer> layers(Form form, int channelAxis) {
    List<Layer> layers = new ArrayList<>();
    boolean own = isSymmetric(form);
    if (!own) {
      moved(form, channelAxis, -1).ifPresent(layers::add);
      moved(form, channelAxis, 1).ifPresent(layers::add);
    }
    int[] pads = own ? ints(form.axes(), Axis::before) : new int[form.axes().size()];
    layers.add(layer(form, pads, channelAxis));
    return layers;
  }

  private static ConvolutionLayer bare(Form form, int[] pads, int channelAxis) {
    int[] kernel = ints(form.axes(), Axis::kernel);
    int[] stride = ints(form.axes(), Axis::stride);
    int[] dilation = ints(form.axes(), Axis::dilation);
    boolean last = channelAxis != 1;
    if (kernel.length == 1) {
      return new Convolution1DLayer.Builder(kernel[0], stride[0], pads[0])
          .dilation(dilation[0])
          .rnnDataFormat(last ? RNNFormat.NWC : RNNFormat.NCW)
          .build();
    } else if (kernel.length == 3) {
      return new Convolution3D.Builder(kernel, stride, pads)
          .dilation(dilation)
          .dataFormat(last ? Convolution3D.DataFormat.NDHWC : Convolution3D.DataFormat.NCDHW)
          .build();
    }
    CNN2DFormat format = last ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    if (form.isDepthwise()) {
      return new DepthwiseConvolution2D.Builder(kernel, stride, pads)
          .depthMultiplier(form.outputs() / form.inputs())
          .dilation(dilation)
          .dataFormat(format)
          .build();
    }
    return new ConvolutionLayer.Builder(kernel, stride, pads)
        .dilation(dilation)
        .dataFormat(format)
        .build();
  }

  /** [O, I, kernel…] in the order in which DL4J reads the memory of W. */
  private static INDArray memory(Convolution plain) {
    INDArray weights = plain.weights();
    if (plain.axes().size() == 1) {
      return weights.permute(2, 1, 0).dup('c'); // It says [O, I, k, 1] and reads [k, I, O].
    } else if (plain.axes().size() == 2 && plain.form().isDepthwise()) {
      int inputs = plain.inputs();
      long[] shape = {inputs, plain.outputs() / inputs, weights.size(2), weights.size(3)};
      return weights.dup('c').reshape(shape).permute(2, 3, 0, 1).dup('c');
    }
    return weights;
  }

  /** The padding (sign 1) or the cropping (sign −1) of a form as a layer. */
  static Optional<Layer> moved(Form form, int channelAxis, int sign) {
    int[] by = new int[2 * form.axes().size()];
    boolean any = false;
    for (int i = 0; i < form.axes().size(); i++) {
      by[2 * i] = Math.max(0, sign * form.axes().get(i).before());
      by[2 * i + 1] = Math.max(0, sign * form.axes().get(i).after());
      any |= by[2 * i] + by[2 * i + 1] > 0;
    }
    return any
        ? Optional.of(sign > 0 ? padding(by, channelAxis) : cropping(by, channelAxis))
        : Optional.empty();
  }

  private static Layer padding(int[] by, int channelAxis) {
    if (by.length == 2) {
      return new ZeroPadding1DLayer.Builder(by).build();
    } else if (by.length == 6) {
      return new ZeroPadding3DLayer.Builder(by).build();
    }
    return new ZeroPaddingLayer.Builder(by).dataFormat(format(channelAxis)).build();
  }

  private static Layer cropping(int[] by, int channelAxis) {
    if (by.length == 2) {
      return new Cropping1D.Builder(by).build();
    } else if (by.length == 6) {
      return new Cropping3D.Builder(by).build();
    }
    return new Cropping2D.Builder(by).dataFormat(format(channelAxis)).build();
  }

  static CNN2DFormat format(int channelAxis) {
    return channelAxis == 1 ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
  }

  /** Trains a layer as another one is trained. */
  static void inherit(BaseLayer from, BaseLayer to) {
    to.setIUpdater(from.getIUpdater() == null ? null : from.getIUpdater().clone());
    to.setBiasUpdater(from.getBiasUpdater() == null ? null : from.getBiasUpdater().clone());
    to.setRegularization(from.getRegularization());
    to.setRegularizationBias(from.getRegularizationBias());
    to.setGradientNormalization(from.getGradientNormalization());
    to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
    to.setWeightInitFn(from.getWeightInitFn());
    to.setBiasInit(from.getBiasInit());
    if (from.getClass() == to.getClass()) {
      to.setConstraints(from.getConstraints()); // They name axes of the weights.
    }
  }
}
