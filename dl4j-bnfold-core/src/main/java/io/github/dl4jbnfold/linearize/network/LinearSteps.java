package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.network.read.Axes;
import io.github.dl4jbnfold.network.read.NormValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's layers as convolutions. Each weight layout is a permutation of [O, I/G, kernel…]. */
final class LinearSteps {
  private final Layer layer;
  private final Map<String, INDArray> parameters;
  private final Flow flow;
  private final boolean fixedSizes;

  private LinearSteps(
      Layer layer, Map<String, INDArray> parameters, Flow flow, boolean fixedSizes) {
    this.fixedSizes = fixedSizes;
    this.layer = layer;
    this.parameters = parameters;
    this.flow = flow;
  }

  /**
   * What a layer is; empty if it is not linear or not known.
   *
   * @param flow what it reads
   * @param fixedSizes whether it reads nothing of other sizes in other runs: only then is it known
   *     what some layers pad
   */
  static Optional<LinearStep> of(
      Layer layer, Map<String, INDArray> parameters, Flow flow, boolean fixedSizes) {
    return Optional.ofNullable(new LinearSteps(layer, parameters, flow, fixedSizes).read());
  }

  private @Nullable LinearStep read() {
    if (layer instanceof Deconvolution2D || layer instanceof Deconvolution3D) {
      return null;
    } else if (layer instanceof ConvolutionLayer convolution) {
      return convolution(convolution);
    } else if (layer.getClass() == DenseLayer.class || layer.getClass() == OutputLayer.class) {
      return dense((FeedForwardLayer) layer);
    } else if (layer instanceof BatchNormalization norm) {
      return norm(norm);
    } else if (layer instanceof SubsamplingLayer pool) {
      return pool(pool);
    } else if (layer instanceof GlobalPoolingLayer pool) {
      return global(pool);
    } else if (layer instanceof ZeroPaddingLayer padding) {
      return moved(Axes.of(padding.getDataFormat()), padding.getPadding(), 1);
    } else if (layer instanceof Cropping2D cropping) {
      return moved(Axes.of(cropping.getDataFormat()), cropping.getCropping(), -1);
    }
    return null;
  }

  /**
   * The axis that a layer says are the channels of what it reads; 0 if it does not say.
   *
   * @param rank of what it reads, with the examples
   */
  static int statedAxis(Layer layer, int rank) {
    if (layer instanceof ConvolutionLayer convolution) {
      return channelAxis(convolution);
    } else if (layer instanceof GateLayer gate) {
      return gate.channelAxis();
    } else if (rank == 2) {
      return layer instanceof FeedForwardLayer ? 1 : 0;
    } else if (rank != 4) {
      return 0;
    } else if (layer instanceof BatchNormalization norm) {
      return Axes.of(norm.getCnn2DFormat());
    } else if (layer instanceof SubsamplingLayer pool) {
      return Axes.of(pool.getCnn2dDataFormat());
    } else if (layer instanceof ZeroPaddingLayer padding) {
      return Axes.of(padding.getDataFormat());
    } else if (layer instanceof Cropping2D cropping) {
      return Axes.of(cropping.getDataFormat());
    }
    return 0;
  }

  /** The channel axis that a convolution reads. */
  static int channelAxis(ConvolutionLayer layer) {
    if (layer instanceof Convolution1DLayer sequence) {
      return Axes.of(sequence.getRnnDataFormat());
    } else if (layer instanceof Convolution3D volume) {
      return Axes.of(volume.getDataFormat());
    }
    return Axes.of(layer.getCnn2dDataFormat());
  }

  private @Nullable LinearStep convolution(ConvolutionLayer convolution) {
    int axis = channelAxis(convolution);
    if (!flow.isReadAlong(axis)) {
      return null;
    }
    if (!fixedSizes && Windows.dependOnSizes(convolution)) {
      return null;
    }
    List<Axis> axes = Windows.of(convolution, flow.sizes(axis));
    int inputs = Math.toIntExact(convolution.getNIn());
    int outputs = Math.toIntExact(convolution.getNOut());
    if (layer instanceof SeparableConvolution2D separable) {
      // ND4J forgets the pointwise weights where there is one channel.
      return inputs == 1 ? null : separable(separable, axis, axes);
    } else if (layer instanceof DepthwiseConvolution2D depthwise) {
      Form form = new Form(inputs, inputs * depthwise.getDepthMultiplier(), inputs, axes);
      return linear(axis, form, () -> permuted("W", 2, 3, 0, 1));
    }
    Form form = new Form(inputs, outputs, 1, axes);
    return linear(axis, form, () -> layer instanceof Convolution1DLayer ? sequence() : wide("W"));
  }

  private LinearStep linear(int axis, Form form, java.util.function.Supplier<INDArray> weights) {
    return LinearStep.of(
        axis, form, hasBias(), () -> shaped(weights.get(), bias(form.outputs()), form));
  }

  /** The parameter says [O, I, k, 1], and the layer reads its memory as [k, I, O]. */
  private INDArray sequence() {
    INDArray stated = wide("W");
    return stated.reshape(stated.size(2), stated.size(1), stated.size(0)).permute(2, 1, 0).dup('c');
  }

  /** Depthwise with weights [M, I, kH, kW], then pointwise with [O, I·M, 1, 1]. */
  private LinearStep separable(SeparableConvolution2D separable, int axis, List<Axis> axes) {
    int inputs = Math.toIntExact(separable.getNIn());
    int middle = inputs * separable.getDepthMultiplier();
    Form first = new Form(inputs, middle, inputs, axes);
    List<Axis> points = Collections.nCopies(axes.size(), Axis.POINT);
    Form second = new Form(middle, Math.toIntExact(separable.getNOut()), 1, points);
    return new LinearStep(
        axis,
        first.then(second),
        hasBias(),
        List.of(first, second),
        () ->
            shaped(permuted("W", 1, 0, 2, 3), new double[middle], first)
                .then(shaped(wide("pW"), bias(second.outputs()), second)));
  }

  private @Nullable LinearStep dense(FeedForwardLayer dense) {
    boolean norms = dense instanceof DenseLayer plain && plain.hasLayerNorm();
    if (norms || !flow.isFlattened(dense.getNIn())) {
      return null;
    }
    int channels = flow.channels();
    Form form = new Form(channels, Math.toIntExact(dense.getNOut()), 1, flow.wholeAxes());
    return linear(
        flow.channelAxis(), form, () -> flow.unflattened(wide("W").permute(1, 0).dup('c')));
  }

  private @Nullable LinearStep norm(BatchNormalization norm) {
    int axis = flow.channelAxis();
    int channels = Math.toIntExact(norm.getNOut());
    if (flow.flat() || channels != flow.channels()) {
      return null;
    }
    int axes = flow.sizes(axis).length;
    Form form = new Form(channels, channels, channels, Collections.nCopies(axes, Axis.POINT));
    return LinearStep.of(
        axis,
        form,
        true,
        () -> {
          NormValues values = NormValues.of(norm, parameters);
          return Convolution.diagonal(values.scale(), values.shift(), axes);
        });
  }

  private @Nullable LinearStep pool(SubsamplingLayer pool) {
    boolean sequence = pool instanceof Subsampling1DLayer;
    int axis = sequence ? flow.channelAxis() : Axes.of(pool.getCnn2dDataFormat());
    if (!flow.isReadAlong(axis)) {
      return null;
    }
    if (!fixedSizes && Windows.dependOnSizes(pool)) {
      return null;
    }
    List<Axis> axes = Windows.of(pool, flow.sizes(axis));
    boolean padded = axes.stream().anyMatch(a -> a.before() != 0 || a.after() != 0);
    boolean average =
        pool.getPoolingType() == PoolingType.AVG
            && (!padded || pool.isAvgPoolIncludePadInDivisor());
    boolean picks = !padded && axes.stream().allMatch(a -> a.kernel() == 1);
    return average || (picks && pool.getPoolingType() == PoolingType.MAX)
        ? averaged(axis, axes)
        : null;
  }

  private @Nullable LinearStep global(GlobalPoolingLayer pool) {
    int[] stated = pool.getPoolingDimensions();
    int[] pooled = stated == null || stated.length == 0 ? new int[] {2, 3} : stated;
    int axis = flow.channelAxis();
    boolean images = !flow.flat() && flow.shape().size() == 3;
    boolean all = pooled.length == 2 && Arrays.stream(pooled).noneMatch(p -> p == axis || p == 0);
    boolean average = pool.getPoolingType() == PoolingType.AVG && pool.isCollapseDimensions();
    // A kernel as large as the image is one for this size only.
    return fixedSizes && images && all && average ? averaged(axis, flow.wholeAxes()) : null;
  }

  private LinearStep averaged(int axis, List<Axis> axes) {
    int channels = flow.channels();
    Form form = new Form(channels, channels, channels, axes);
    return LinearStep.of(axis, form, false, () -> Convolution.average(channels, axes));
  }

  /** Padding and cropping of images: [top, bottom, left, right]. */
  private @Nullable LinearStep moved(int axis, int[] by, int sign) {
    if (!flow.isReadAlong(axis)) {
      return null;
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      axes.add(Axis.POINT.padded(sign * by[2 * i], sign * by[2 * i + 1]));
    }
    int channels = flow.channels();
    Form form = new Form(channels, channels, channels, axes);
    return new LinearStep(
        axis, form, false, List.of(), () -> Convolution.identity(channels, 2).padded(axes));
  }

  private boolean hasBias() {
    INDArray bias = parameters.get("b");
    return bias != null && bias.neq(0).any();
  }

  private double[] bias(int outputs) {
    INDArray bias = parameters.get("b");
    return bias == null
        ? new double[outputs]
        : bias.castTo(DataType.DOUBLE).dup('c').reshape(outputs).toDoubleVector();
  }

  /** A parameter in float64 and c order. */
  private INDArray wide(String key) {
    INDArray array = Objects.requireNonNull(parameters.get(key));
    return array.castTo(DataType.DOUBLE).dup('c');
  }

  private INDArray permuted(String key, int... axes) {
    return wide(key).permute(axes).dup('c');
  }

  private static Convolution shaped(INDArray weights, double[] bias, Form form) {
    long[] shape = new long[2 + form.axes().size()];
    shape[0] = form.outputs();
    shape[1] = form.inputs() / form.groups();
    for (int i = 0; i < form.axes().size(); i++) {
      shape[2 + i] = form.axes().get(i).kernel();
    }
    return new Convolution(weights.reshape(shape), bias, form.groups(), form.axes());
  }

  /** Whether a layer is the last of a network, whose activation belongs to its loss. */
  static boolean isOutput(Layer layer) {
    return layer instanceof BaseOutputLayer;
  }
}
