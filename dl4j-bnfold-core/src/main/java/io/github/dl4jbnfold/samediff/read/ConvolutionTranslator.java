package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.samediff.read.Binding.Kernel;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions of one, two and three dimensions, depthwise, separable and transposed. Their integer
 * arguments are kernel, stride, padding, dilation (one number per spatial axis each), padding mode,
 * channel axis last, weight format.
 */
final class ConvolutionTranslator implements Translator {
  private static final int SAME = 1;
  private static final int CAUSAL = 2;
  private static final Set<String> TRANSPOSED = Set.of("deconv2d", "deconv3d");

  /** The integer arguments by name. */
  private record Geometry(Op op, int spatial, long[] weights) {
    /** The native operators take a size that is not positive from the weights. */
    long kernel(int axis) {
      long stated = op.integer(axis, 1);
      return stated > 0 ? stated : weights[weightFormat() == 0 ? axis : axis + firstSpatialAxis()];
    }

    private int firstSpatialAxis() {
      return weightFormat() == 1 ? 2 : 1;
    }

    long stride(int axis) {
      return op.integer(spatial + axis, 1);
    }

    long padding(int axis) {
      return op.integer(2 * spatial + axis, 0);
    }

    long dilation(int axis) {
      return Math.max(1, op.integer(3 * spatial + axis, 1));
    }

    /** The strides, or a single number where they are all the same. */
    String strides() {
      List<Long> all = new ArrayList<>();
      for (int axis = 0; axis < spatial; axis++) {
        all.add(stride(axis));
      }
      return all.stream().distinct().count() == 1 ? all.get(0).toString() : all.toString();
    }

    /** Whether each output reads one position, whatever the padding mode. */
    boolean isPoint() {
      for (int axis = 0; axis < spatial; axis++) {
        if (kernel(axis) != 1 || (mode() != SAME && padding(axis) != 0)) {
          return false;
        }
      }
      return true;
    }

    int mode() {
      return (int) op.integer(4 * spatial, 0);
    }

    boolean channelsLast() {
      return op.integer(4 * spatial + 1, 0) != 0;
    }

    int weightFormat() {
      return (int) op.integer(4 * spatial + 2, 0);
    }

    long extent(int axis) {
      return (kernel(axis) - 1) * dilation(axis) + 1;
    }
  }

  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    int kernels =
        op.type().equals("sconv2d") && op.inputs().size() > 2 && rank(op, 2, reading) == 4 ? 2 : 1;
    if (in == null || out == null || op.inputs().size() < 2) {
      return false;
    }
    if (op.type().equals("sconv2d") && in[op.integer(9, 0) != 0 ? 3 : 1] == 1) {
      return false; // ND4J forgets the pointwise weights of such a one.
    }
    for (int k = 1; k <= kernels; k++) {
      if (reading.constants().array(op.input(k)) == null) {
        return false;
      }
    }
    boolean hasBias = op.inputs().size() > kernels + 1;
    if (hasBias && reading.constants().array(op.input(kernels + 1)) == null) {
      return false;
    }
    INDArray weights = reading.constants().array(op.input(1));
    if (weights == null || weights.rank() != in.length) {
      return false;
    }
    Geometry geometry = new Geometry(op, in.length - 2, weights.shape());
    int axis = geometry.channelsLast() ? in.length - 1 : 1;
    Border border = border(op, geometry, in, reading);
    List<Integer> tap = kernels == 1 ? tap(op, geometry) : null;
    Set<Linear.Ability> abilities = EnumSet.noneOf(Linear.Ability.class);
    if (tap != null && geometry.strides().equals("1") && Arrays.equals(in, out)) {
      abilities.add(Linear.Ability.IDENTITY_TAP);
    }
    if (tap != null && geometry.isPoint()) {
      abilities.add(Linear.Ability.POINT_KERNEL);
    }
    Binding.Positions positions = reading.positions(op.input(0), axis);
    if (positions != null) {
      abilities.add(Linear.Ability.BIAS_MAP);
    }
    if (kernels == 1 && kernels(op, geometry, 1).get(0).layout().isDense()) {
      abilities.add(Linear.Ability.DENSE_KERNEL);
    }
    Linear linear =
        new Linear(
            op.label(),
            TRANSPOSED.contains(op.type()) ? "transposed convolution" : "convolution",
            reading.input(op.input(0), Layout.ofAxis(in, axis)),
            reading.output(op.output(), Layout.ofAxis(out, axis)),
            border,
            hasBias ? BiasSlot.PRESENT : BiasSlot.OPEN,
            abilities,
            tap == null ? null : alignment(op, geometry, axis));
    reading.add(
        linear,
        new LinearBinding(
            op,
            kernels(op, geometry, kernels),
            hasBias ? kernels + 1 : null,
            null,
            positions,
            tap));
    return true;
  }

  private static String alignment(Op op, Geometry geometry, int channelAxis) {
    return "%s, stride %s, weight format %d, channel axis %d"
        .formatted(op.type(), geometry.strides(), geometry.weightFormat(), channelAxis);
  }

  /**
   * The tap that reads position stride·i for output i: at P/d on each axis, P the padding before;
   * null if there is none.
   */
  private static @Nullable List<Integer> tap(Op op, Geometry geometry) {
    if (TRANSPOSED.contains(op.type())) {
      return null;
    }
    List<Integer> tap = new ArrayList<>();
    for (int axis = 0; axis < geometry.spatial(); axis++) {
      boolean strided = geometry.stride(axis) != 1;
      if (geometry.mode() == SAME && strided && geometry.extent(axis) > 1) {
        return null; // The padding before depends on the size of the input.
      }
      long before =
          switch (geometry.mode()) {
            case SAME -> (geometry.extent(axis) - 1) / 2;
            case CAUSAL -> geometry.extent(axis) - 1;
            default -> geometry.padding(axis);
          };
      long index = before / geometry.dilation(axis);
      if (before % geometry.dilation(axis) != 0 || index >= geometry.kernel(axis)) {
        return null;
      }
      tap.add((int) index);
    }
    return tap;
  }

  private static int rank(Op op, int input, Reading reading) {
    var array = reading.constants().array(op.input(input));
    return array == null ? -1 : array.rank();
  }

  private static Border border(Op op, Geometry geometry, long[] in, Reading reading) {
    if (TRANSPOSED.contains(op.type())) {
      return isPointwise(geometry) ? Border.NONE : Border.TRANSPOSED;
    }
    for (int axis = 0; axis < geometry.spatial(); axis++) {
      int position = axis + (geometry.channelsLast() ? 1 : 2);
      long size = reading.isCertain(op.input(0), position) ? in[position] : -1;
      if (readsZeros(geometry, axis, size)) {
        return Border.ZERO_PADDED;
      }
    }
    return Border.NONE;
  }

  /** Then every output has one contribution, and a transposed convolution is a plain one. */
  private static boolean isPointwise(Geometry geometry) {
    for (int axis = 0; axis < geometry.spatial(); axis++) {
      if (geometry.kernel(axis) != 1 || geometry.stride(axis) != 1 || geometry.padding(axis) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the kernel reads beyond the input on one axis; a size of −1 is unknown. */
  private static boolean readsZeros(Geometry geometry, int axis, long size) {
    long extent = geometry.extent(axis);
    return switch (geometry.mode()) {
      case SAME -> {
        long stride = geometry.stride(axis);
        long outputs = (size + stride - 1) / stride;
        yield size < 0 ? extent > 1 : (outputs - 1) * stride + extent > size;
      }
      case CAUSAL -> extent > 1;
      default -> geometry.padding(axis) > 0;
    };
  }

  private static List<Kernel> kernels(Op op, Geometry geometry, int count) {
    int n = geometry.spatial();
    int rank = n + 2;
    int format = geometry.weightFormat();
    KernelLayout first =
        switch (op.type()) {
          case "depthwise_conv2d", "sconv2d" -> depthwise(format);
          case "deconv2d", "deconv3d" -> deconvolution(format, rank);
          default -> convolution(format, rank);
        };
    return count == 1
        ? List.of(new Kernel(1, first))
        : List.of(new Kernel(1, first), new Kernel(2, convolution(format, rank)));
  }

  private static KernelLayout convolution(int format, int rank) {
    return switch (format) {
      case 0 -> KernelLayout.of(rank, rank - 1, rank - 2);
      case 1 -> KernelLayout.of(rank, 0, 1);
      default -> KernelLayout.of(rank, 0, rank - 1);
    };
  }

  private static KernelLayout deconvolution(int format, int rank) {
    return switch (format) {
      case 0 -> KernelLayout.of(rank, rank - 2, rank - 1);
      case 1 -> KernelLayout.of(rank, 1, 0);
      default -> KernelLayout.of(rank, rank - 1, 0);
    };
  }

  private static KernelLayout depthwise(int format) {
    return switch (format) {
      case 0 -> new KernelLayout(4, List.of(2, 3), List.of(2));
      case 1 -> new KernelLayout(4, List.of(1, 0), List.of(1));
      default -> new KernelLayout(4, List.of(3, 0), List.of(3));
    };
  }
}
