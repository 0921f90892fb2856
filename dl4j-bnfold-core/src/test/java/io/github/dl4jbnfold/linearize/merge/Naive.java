package io.github.dl4jbnfold.linearize.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Convolutions as their definition says, number by number, and random ones. */
final class Naive {
  private Naive() {}

  /** What a convolution makes of [channels, size…]. */
  static INDArray apply(Convolution convolution, INDArray x) {
    long[] sizes = Arrays.copyOfRange(x.shape(), 1, x.rank());
    long[] outputs = convolution.form().outputSizes(sizes);
    INDArray y = Nd4j.zeros(DataType.DOUBLE, joined(convolution.outputs(), outputs));
    forEach(y.shape(), at -> y.putScalar(at, output(convolution, x, at)));
    return y;
  }

  private static double output(Convolution convolution, INDArray x, long[] at) {
    INDArray weights = convolution.weights();
    long own = weights.size(1);
    long group = at[0] * convolution.groups() / convolution.outputs();
    double[] sum = {convolution.bias()[(int) at[0]]};
    long[] taps = Arrays.copyOfRange(weights.shape(), 1, weights.rank());
    forEach(
        taps,
        tap -> {
          long[] from = new long[x.rank()];
          from[0] = group * own + tap[0];
          for (int i = 1; i < from.length; i++) {
            Axis axis = convolution.axes().get(i - 1);
            from[i] = at[i] * axis.stride() + tap[i] * axis.dilation() - axis.before();
          }
          long[] weight = joined(at[0], tap);
          boolean inside =
              IntStream.range(1, from.length).allMatch(i -> from[i] >= 0 && from[i] < x.size(i));
          sum[0] += inside ? x.getDouble(from) * weights.getDouble(weight) : 0;
        });
    return sum[0];
  }

  private static long[] joined(long first, long... rest) {
    long[] all = new long[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  static void forEach(long[] shape, Consumer<long[]> action) {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    for (long i = 0; i < count; i++) {
      long[] at = new long[shape.length];
      long rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        at[axis] = rest % shape[axis];
        rest /= shape[axis];
      }
      action.accept(at);
    }
  }

  static Convolution random(Random random, int inputs, int outputs, int groups, List<Axis> axes) {
    long[] shape = new long[2 + axes.size()];
    shape[0] = outputs;
    shape[1] = inputs / groups;
    for (int i = 0; i < axes.size(); i++) {
      shape[2 + i] = axes.get(i).kernel();
    }
    return new Convolution(
        normal(random, shape), random.doubles(outputs, -1, 1).toArray(), groups, axes);
  }

  static INDArray normal(Random random, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(length, -1, 1).toArray();
    return Nd4j.createFromArray(values).reshape(shape);
  }

  /** The largest difference, relative to the largest magnitude. */
  static double error(INDArray expected, INDArray actual) {
    if (!Arrays.equals(expected.shape(), actual.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    double[] a = expected.dup('c').data().asDouble();
    double[] b = actual.dup('c').data().asDouble();
    double scale = Arrays.stream(a).map(Math::abs).max().orElse(1);
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    return worst / Math.max(scale, 1e-300);
  }
}
