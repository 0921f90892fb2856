package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A linear layer: a cross-correlation over any number of spatial axes, none for a dense layer.
 * Batch normalizations, average pools and projections are convolutions as well.
 *
 * @param weights [outputs, inputs / groups, kernel…], float64, not to be changed
 * @param bias one number per output, in float64
 * @param groups output channels o·G/O … read the input channels of their own group only
 * @param axes one for each spatial axis
 */
public record Convolution(INDArray weights, double[] bias, int groups, List<Axis> axes) {
  private static final int CHANNEL_AXES = 2;

  public Convolution {
    axes = List.copyOf(axes);
    long[] shape = weights.shape();
    boolean fits =
        shape.length == CHANNEL_AXES + axes.size()
            && shape[0] == bias.length
            && shape[0] % groups == 0
            && weights.dataType() == DataType.DOUBLE;
    for (int i = 0; fits && i < axes.size(); i++) {
      fits = shape[CHANNEL_AXES + i] == axes.get(i).kernel();
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "Weights of shape %s and type %s are none of %d outputs in %d groups with %s."
              .formatted(Arrays.toString(shape), weights.dataType(), bias.length, groups, axes));
    }
  }

  /** y = W·x + b, W of shape [outputs, inputs]. */
  public static Convolution dense(INDArray weights, double[] bias) {
    return new Convolution(weights, bias, 1, List.of());
  }

  /** y = scale·x + shift, channel by channel. */
  public static Convolution diagonal(double[] scale, double[] shift, int spatialAxes) {
    List<Axis> axes = Collections.nCopies(spatialAxes, Axis.POINT);
    long[] shape = new long[CHANNEL_AXES + spatialAxes];
    Arrays.fill(shape, 1);
    shape[0] = scale.length;
    INDArray weights = Nd4j.createFromArray(scale).reshape(shape);
    return new Convolution(weights, shift, scale.length, axes);
  }

  /** What leaves everything as it is. */
  public static Convolution identity(int channels, int spatialAxes) {
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return diagonal(ones, new double[channels], spatialAxes);
  }

  /** The mean of the positions that a kernel covers, the zeros beyond the border counted. */
  public static Convolution average(int channels, List<Axis> axes) {
    long[] shape = new long[CHANNEL_AXES + axes.size()];
    shape[0] = channels;
    shape[1] = 1;
    long positions = 1;
    for (int i = 0; i < axes.size(); i++) {
      shape[CHANNEL_AXES + i] = axes.get(i).kernel();
      positions *= axes.get(i).kernel();
    }
    INDArray weights = Nd4j.valueArrayOf(shape, 1.0 / positions, DataType.DOUBLE);
    return new Convolution(weights, new double[channels], channels, axes);
  }

  public Form form() {
    return new Form(inputs(), outputs(), groups, axes);
  }

  public int outputs() {
    return bias.length;
  }

  public int inputs() {
    return Math.toIntExact(weights.size(1)) * groups;
  }

  public boolean hasBias() {
    return Arrays.stream(bias).anyMatch(b -> b != 0);
  }

  /** The same convolution with other zeros around its input. */
  public Convolution padded(List<Axis> others) {
    return new Convolution(weights, bias, groups, others);
  }

  /**
   * One convolution in the place of this one and another that reads its output, right wherever
   * there is no {@link Border} between them. Aligned groups stay, and so does a dilation that both
   * kernels share.
   *
   * @throws IllegalArgumentException if the other reads another number of channels or axes
   */
  public Convolution then(Convolution next) {
    return Composition.of(this, next);
  }

  /**
   * One convolution in the place of several that read the same input and whose outputs are added.
   *
   * @param sizes of the input, one for each spatial axis
   * @return empty if they do not go on by the same strides or do not write equal sizes
   */
  public static Optional<Convolution> sum(List<Convolution> branches, long... sizes) {
    return Sum.of(branches, sizes);
  }

  /**
   * What it makes of one example.
   *
   * @param example [inputs, size…], float64
   * @return [outputs, size…]
   */
  public INDArray apply(INDArray example) {
    return Response.of(this, example);
  }

  /**
   * The same convolution with fewer groups, 0 where a channel does not read another one.
   *
   * @param fewer a divisor of the number of groups
   */
  public Convolution grouped(int fewer) {
    if (fewer == groups) {
      return this;
    }
    long[] shape = weights.shape().clone();
    long ownInputs = shape[1];
    int merged = groups / fewer;
    shape[1] = ownInputs * merged;
    INDArray wide = Nd4j.zeros(DataType.DOUBLE, shape);
    long ownOutputs = shape[0] / groups;
    for (int group = 0; group < groups; group++) {
      INDArrayIndex outs = NDArrayIndex.interval(group * ownOutputs, (group + 1) * ownOutputs);
      long at = group % merged * ownInputs;
      wide.get(outs, NDArrayIndex.interval(at, at + ownInputs)).assign(weights.get(outs));
    }
    return new Convolution(wide, bias, fewer, axes);
  }

  /**
   * The same convolution of an input of fixed sizes of which it makes one position, without the
   * part of the kernel that reads zeros: the kernel is as large as the input and needs no padding.
   */
  public Convolution croppedTo(long... inputs) {
    Convolution plain = undilated();
    long[] shape = weights.shape().clone();
    INDArrayIndex[] from = new INDArrayIndex[shape.length];
    INDArrayIndex[] to = new INDArrayIndex[shape.length];
    Arrays.fill(from, NDArrayIndex.all());
    Arrays.fill(to, NDArrayIndex.all());
    List<Axis> covering = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = plain.axes.get(i);
      if (axis.outputs(inputs[i]) != 1) {
        throw new IllegalArgumentException("It makes more than one position of " + inputs[i] + ".");
      }
      long tap = Math.max(axis.before(), 0);
      long at = tap - axis.before();
      long read = Math.min(inputs[i] - at, axis.kernel() - tap);
      from[CHANNEL_AXES + i] = NDArrayIndex.interval(tap, tap + read);
      to[CHANNEL_AXES + i] = NDArrayIndex.interval(at, at + read);
      shape[CHANNEL_AXES + i] = inputs[i];
      covering.add(new Axis(Math.toIntExact(inputs[i]), 1, 1, 0, 0));
    }
    INDArray cropped = Nd4j.zeros(DataType.DOUBLE, shape);
    cropped.get(to).assign(plain.weights.get(from));
    return new Convolution(cropped, bias, groups, covering);
  }

  /** The same convolution with dilation 1: its kernel says 0 for the positions in between. */
  Convolution undilated() {
    List<Axis> plain =
        axes.stream().map(a -> new Axis(a.extent(), a.stride(), 1, a.before(), a.after())).toList();
    return spread(plain, IntStream.range(0, axes.size()).map(i -> 0).toArray());
  }

  /**
   * The same taps in a larger kernel.
   *
   * @param onto axes whose dilations divide those of this convolution
   * @param offset where tap 0 lies in the new kernel, one for each axis
   */
  Convolution spread(List<Axis> onto, int[] offset) {
    long[] shape = weights.shape().clone();
    INDArrayIndex[] at = new INDArrayIndex[shape.length];
    at[0] = NDArrayIndex.all();
    at[1] = NDArrayIndex.all();
    for (int i = 0; i < onto.size(); i++) {
      Axis axis = axes.get(i);
      shape[CHANNEL_AXES + i] = onto.get(i).kernel();
      at[CHANNEL_AXES + i] =
          lattice(offset[i], Math.max(1, axis.step() / onto.get(i).dilation()), axis.kernel());
    }
    INDArray wide = Nd4j.zeros(DataType.DOUBLE, shape);
    wide.get(at).assign(weights);
    return new Convolution(wide, bias, groups, onto);
  }

  /** Indices offset, offset + step, … */
  static INDArrayIndex lattice(long offset, long step, long count) {
    // ND4J takes two of an interval of one with another step than 1.
    return NDArrayIndex.interval(offset, count == 1 ? 1 : step, offset + step * (count - 1) + 1);
  }
}
