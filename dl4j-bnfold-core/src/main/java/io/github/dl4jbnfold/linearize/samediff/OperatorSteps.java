package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operators of SameDiff as convolutions. Each weight layout is a permutation of [O, I/G, kernel…].
 */
final class OperatorSteps {
  private static final Set<String> CONVOLUTIONS =
      Set.of("conv1d", "conv2d", "conv3dnew", "depthwise_conv2d", "sconv2d");
  private static final Set<String> POOLS =
      Set.of("avgpool2d", "avgpool3dnew", "maxpool2d", "maxpool3dnew");

  private final Constants constants;
  private final Shapes shapes;

  OperatorSteps(Constants constants, Shapes shapes) {
    this.constants = constants;
    this.shapes = shapes;
  }

  /** Which input of an operator is not its parameter. */
  int data(Op op) {
    boolean commutes = op.type().equals("add") || op.type().equals("multiply");
    return commutes && op.inputs().size() == 2 && constants.isKnown(op.input(0)) ? 1 : 0;
  }

  /** The channel axis of what an operator reads, where it states one; else 0. */
  int claimedAxis(Op op, long... in) {
    int spatial = in.length - 2;
    if (CONVOLUTIONS.contains(op.type()) && spatial > 0) {
      return Windows.channelAxis(op, spatial);
    } else if (POOLS.contains(op.type()) && spatial > 0) {
      return Windows.poolAxis(op, spatial);
    }
    return in.length == 2 && (isProduct(op) || op.type().equals("xw_plus_b")) ? 1 : 0;
  }

  private static boolean isProduct(Op op) {
    return op.type().equals("matmul");
  }

  /**
   * What an operator is; null if it is not linear or not known.
   *
   * @param flow what it reads
   */
  @Nullable Unit read(Op op, Flow flow) {
    if (CONVOLUTIONS.contains(op.type())) {
      return convolution(op, flow);
    } else if (POOLS.contains(op.type())) {
      return pool(op, flow);
    }
    return switch (op.type()) {
      case "matmul", "xw_plus_b" -> dense(op, flow);
      case "reduce_mean" -> mean(op, flow);
      case "pad" -> padding(op, flow);
      case "strided_slice" -> cut(op, flow);
      default -> {
        double[][] affine = new ChannelArithmetic(constants, shapes).read(op, data(op), flow);
        yield affine == null ? null : diagonal(op, flow, affine[0], affine[1]);
      }
    };
  }

  private static Unit diagonal(Op op, Flow flow, double[] scale, double[] shift) {
    int axes = flow.shape().size() - 1;
    Convolution diagonal = Convolution.diagonal(scale, shift, axes);
    // It is free where it follows a convolution: what is merged does not get dearer by it.
    return new Unit(op.output(), diagonal.form(), diagonal.hasBias(), List.of(), () -> diagonal);
  }

  private @Nullable INDArray array(Op op, int input) {
    return input < op.inputs().size() ? constants.array(op.input(input)) : null;
  }

  /** In float64 and c order, at the time it is asked for. */
  private INDArray wide(Op op, int input) {
    return Objects.requireNonNull(array(op, input)).castTo(DataType.DOUBLE).dup('c');
  }

  private @Nullable Unit convolution(Op op, Flow flow) {
    boolean separable = op.type().equals("sconv2d");
    INDArray weights = array(op, 1);
    int rank = flow.shape().size() + 1;
    if (weights == null || weights.rank() != rank || rank < 3 || unreadable(op, separable)) {
      return null;
    }
    int axis = Windows.channelAxis(op, rank - 2);
    int format = Windows.weightFormat(op, rank - 2);
    boolean depthwise = separable || op.type().equals("depthwise_conv2d");
    int[] order = depthwise ? depthwiseOrder(format) : order(format, rank);
    long[] sorted = IntStream.of(order).mapToLong(weights::size).toArray();
    int own = Math.toIntExact(depthwise ? sorted[0] : sorted[1]);
    if (!flow.isReadAlong(axis) || own != flow.channels()) {
      return null;
    }
    long[] kernel = IntStream.range(2, rank).mapToLong(i -> sorted[i]).toArray();
    List<Axis> axes = Windows.convolution(op, kernel, flow.sizes(axis));
    if (axes == null) {
      return null;
    }
    int outputs = Math.toIntExact(depthwise ? sorted[0] * sorted[1] : sorted[0]);
    Form form = new Form(own, outputs, depthwise ? own : 1, axes);
    if (separable) {
      // ND4J forgets the pointwise weights where there is one channel.
      return own == 1 ? null : separable(op, form, order, format);
    }
    Supplier<Convolution> numbers =
        () -> shaped(wide(op, 1).permute(order).dup('c'), bias(op, 2, outputs), form);
    return new Unit(op.output(), form, hasBias(op, 2), List.of(form), numbers);
  }

  private boolean unreadable(Op op, boolean separable) {
    int parameters = separable && op.inputs().size() > 2 ? 3 : 2;
    return IntStream.range(1, op.inputs().size()).anyMatch(i -> array(op, i) == null)
        || op.inputs().size() > parameters + 1
        || (separable && (op.inputs().size() < 3 || wide(op, 2).rank() != 4));
  }

  /** Depthwise, then pointwise with one position. */
  private Unit separable(Op op, Form first, int[] order, int format) {
    int[] points = order(format, 4);
    int outputs = Math.toIntExact(Objects.requireNonNull(array(op, 2)).size(points[0]));
    List<Axis> axes = Collections.nCopies(first.axes().size(), Axis.POINT);
    Form second = new Form(first.outputs(), outputs, 1, axes);
    Supplier<Convolution> numbers =
        () ->
            shaped(wide(op, 1).permute(order).dup('c'), new double[first.outputs()], first)
                .then(shaped(wide(op, 2).permute(points).dup('c'), bias(op, 3, outputs), second));
    return new Unit(
        op.output(), first.then(second), hasBias(op, 3), List.of(first, second), numbers);
  }

  /** From the formats [k…, I, O], [O, I, k…] and [O, k…, I]. */
  private static int[] order(int format, int rank) {
    int[] order = new int[rank];
    order[0] = format == 0 ? rank - 1 : 0;
    order[1] = format == 0 ? rank - 2 : format == 1 ? 1 : rank - 1;
    int first = format == 0 ? 0 : format == 1 ? 2 : 1;
    for (int i = 2; i < rank; i++) {
      order[i] = first + i - 2;
    }
    return order;
  }

  /** From [k, k, C, M], [M, C, k, k] and [M, k, k, C]; output channel c·M + m. */
  private static int[] depthwiseOrder(int format) {
    return switch (format) {
      case 0 -> new int[] {2, 3, 0, 1};
      case 1 -> new int[] {1, 0, 2, 3};
      default -> new int[] {3, 0, 1, 2};
    };
  }

  private @Nullable Unit dense(Op op, Flow flow) {
    boolean product = isProduct(op);
    INDArray weights = array(op, 1);
    long[] in = shapes.of(op.input(0));
    boolean plain =
        product
            ? op.real(0, 1) == 1 && op.real(1, 0) == 0 && op.inputs().size() == 2
            : op.integer(1, 0) == 0;
    if (weights == null
        || weights.rank() != 2
        || in == null
        || in.length != 2
        || !plain
        || op.integer(0, 0) != 0
        || op.integer(2, 0) != 0
        || (!product && array(op, 2) == null)) {
      return null;
    }
    boolean transposed = op.integer(1, 0) != 0;
    if (!flow.isFlattened(weights.size(transposed ? 1 : 0))) {
      return null;
    }
    int outputs = Math.toIntExact(weights.size(transposed ? 0 : 1));
    Form form = new Form(flow.channels(), outputs, 1, flow.wholeAxes());
    Supplier<Convolution> numbers =
        () -> {
          INDArray matrix = transposed ? wide(op, 1) : wide(op, 1).permute(1, 0).dup('c');
          double[] bias = product ? new double[outputs] : bias(op, 2, outputs);
          return shaped(flow.unflattened(matrix), bias, form);
        };
    return new Unit(op.output(), form, !product && hasBias(op, 2), List.of(form), numbers);
  }

  private @Nullable Unit pool(Op op, Flow flow) {
    int spatial = flow.shape().size() - 1;
    if (spatial < 1 || !flow.isReadAlong(Windows.poolAxis(op, spatial))) {
      return null;
    }
    List<Axis> axes = Windows.pool(op, flow.sizes(flow.channelAxis()));
    if (axes == null) {
      return null;
    }
    boolean padded = axes.stream().anyMatch(a -> a.before() != 0 || a.after() != 0);
    boolean picks = !padded && axes.stream().allMatch(a -> a.kernel() == 1);
    boolean averages = op.type().startsWith("avg") && (!padded || Windows.countsZeros(op, spatial));
    return averages || picks ? averaged(op, flow, axes) : null;
  }

  private static Unit averaged(Op op, Flow flow, List<Axis> axes) {
    int channels = flow.channels();
    Form form = new Form(channels, channels, channels, axes);
    return new Unit(
        op.output(), form, false, List.of(form), () -> Convolution.average(channels, axes));
  }

  /** The mean over all positions. */
  private @Nullable Unit mean(Op op, Flow flow) {
    long[] in = shapes.of(op.input(0));
    INDArray axes =
        op.inputs().size() > 1
            ? array(op, 1)
            : op.function() instanceof ReduceOp reduce ? reduce.dimensions() : null;
    if (in == null || in.length != flow.shape().size() + 1 || axes == null || flow.flat()) {
      return null;
    }
    boolean[] reduced = new boolean[in.length];
    for (long axis : axes.ravel().toLongVector()) {
      long at = axis < 0 ? axis + in.length : axis;
      if (at < 0 || at >= in.length) {
        return null;
      }
      reduced[(int) at] = true;
    }
    for (int i = 0; i < in.length; i++) {
      if (reduced[i] != (i != 0 && i != flow.channelAxis())) {
        return null;
      }
    }
    return averaged(op, flow, flow.wholeAxes());
  }

  /** Zeros around the positions, and channels of zeros. */
  private @Nullable Unit padding(Op op, Flow flow) {
    INDArray widths = array(op, 1);
    int rank = flow.shape().size() + 1;
    boolean zeros = op.integer(0, 0) == 0 && op.real(0, 0) == 0;
    if (widths == null || flow.flat() || !zeros || widths.rank() != 2 || widths.size(0) != rank) {
      return null;
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 1; i < rank; i++) {
      if (i != flow.channelAxis()) {
        axes.add(Axis.POINT.padded(widths.getInt(i, 0), widths.getInt(i, 1)));
      }
    }
    if (widths.getInt(0, 0) != 0 || widths.getInt(0, 1) != 0) {
      return null;
    }
    int channels = flow.channels();
    int before = widths.getInt(flow.channelAxis(), 0);
    int after = widths.getInt(flow.channelAxis(), 1);
    boolean own = before == 0 && after == 0;
    Form form = new Form(channels, before + channels + after, own ? channels : 1, axes);
    Supplier<Convolution> numbers =
        own
            ? () -> Convolution.identity(channels, axes.size()).padded(axes)
            : () -> moved(form, before);
    return new Unit(op.output(), form, false, List.of(), numbers);
  }

  private @Nullable Unit cut(Op op, Flow flow) {
    long[] in = shapes.of(op.input(0));
    long[] out = shapes.of(op.output());
    List<Axis> axes =
        in == null || out == null || flow.flat() ? null : Cuts.axes(op, flow, in, out);
    if (axes == null) {
      return null;
    }
    int channels = flow.channels();
    Form form = new Form(channels, channels, channels, axes);
    Supplier<Convolution> numbers = () -> Convolution.average(channels, axes);
    return new Unit(op.output(), form, false, List.of(), numbers);
  }

  private static Convolution moved(Form form, int by) {
    INDArray weights = Nd4j.zeros(DataType.DOUBLE, form.outputs(), form.inputs());
    for (int i = 0; i < form.inputs(); i++) {
      weights.putScalar(i + by, i, 1);
    }
    return shaped(weights, new double[form.outputs()], form);
  }

  private boolean hasBias(Op op, int input) {
    INDArray bias = array(op, input);
    return bias != null && bias.neq(0).any();
  }

  private double[] bias(Op op, int input, int outputs) {
    return array(op, input) == null
        ? new double[outputs]
        : wide(op, input).reshape(outputs).toDoubleVector();
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
}
