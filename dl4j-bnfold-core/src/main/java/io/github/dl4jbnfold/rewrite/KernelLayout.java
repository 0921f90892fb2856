package io.github.dl4jbnfold.rewrite;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which axes of a weight array run over output channels and which over input channels. A channel
 * index that is spread over several axes is row-major in the order in which they are listed: the
 * depthwise kernel [kH, kW, C, M] with output channel c·M + m has output axes (2, 3) and input axis
 * (2).
 *
 * @param rank number of axes of the weight array
 */
public record KernelLayout(int rank, List<Integer> outputAxes, List<Integer> inputAxes) {
  public KernelLayout {
    outputAxes = List.copyOf(outputAxes);
    inputAxes = List.copyOf(inputAxes);
  }

  /** A layout with one output and one input axis. */
  public static KernelLayout of(int rank, int outputAxis, int inputAxis) {
    return new KernelLayout(rank, List.of(outputAxis), List.of(inputAxis));
  }

  /** Whether every output channel has a weight for every input channel. */
  public boolean isDense() {
    return outputAxes.size() == 1 && inputAxes.size() == 1 && !outputAxes.equals(inputAxes);
  }

  /** An output-channel vector in a shape that broadcasts against the weights. */
  INDArray alongOutputs(double[] vector, long[] shape) {
    return along(vector, outputAxes, shape);
  }

  /** An input-channel vector in a shape that broadcasts against the weights. */
  INDArray alongInputs(double[] vector, long[] shape) {
    return along(vector, inputAxes, shape);
  }

  private INDArray along(double[] vector, List<Integer> axes, long[] shape) {
    long[] listed = axes.stream().mapToLong(axis -> shape[axis]).toArray();
    long channels = Arrays.stream(listed).reduce(1, (x, y) -> x * y);
    if (channels != vector.length) {
      throw new IllegalArgumentException(
          "A kernel of shape %s has %d channels along axes %s, not %d."
              .formatted(Arrays.toString(shape), channels, axes, vector.length));
    }
    // The listed axes may be in another order than in the array: sort them by a permutation.
    int[] order = axes.stream().sorted().mapToInt(axes::indexOf).toArray();
    long[] target = new long[rank];
    Arrays.fill(target, 1);
    axes.forEach(axis -> target[axis] = shape[axis]);
    return Nd4j.createFromArray(vector).reshape(listed).permute(order).dup('c').reshape(target);
  }

  /** The position of the weight from input channel i to output channel i at a tap of the kernel. */
  long[] diagonal(int channel, List<Integer> tap, long[] shape) {
    long[] index = new long[rank];
    int spatial = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (!outputAxes.contains(axis) && !inputAxes.contains(axis)) {
        index[axis] = tap.get(spatial++);
      }
    }
    spread(channel, inputAxes, shape, index);
    spread(channel, outputAxes, shape, index);
    return index;
  }

  private static void spread(int channel, List<Integer> axes, long[] shape, long[] index) {
    long rest = channel;
    for (int i = axes.size() - 1; i >= 0; i--) {
      index[axes.get(i)] = rest % shape[axes.get(i)];
      rest /= shape[axes.get(i)];
    }
  }

  /** Σ over everything but the output channels, as a vector in output-channel order. */
  double[] sumPerOutput(INDArray weights) {
    int[] summed =
        java.util.stream.IntStream.range(0, rank).filter(a -> !outputAxes.contains(a)).toArray();
    INDArray sums = summed.length == 0 ? weights : weights.sum(summed);
    int[] order =
        outputAxes.stream()
            .mapToInt(axis -> (int) outputAxes.stream().filter(other -> other < axis).count())
            .toArray();
    INDArray sorted = sums.permute(order).dup('c').castTo(DataType.DOUBLE);
    return sorted.reshape(sorted.length()).toDoubleVector();
  }
}
