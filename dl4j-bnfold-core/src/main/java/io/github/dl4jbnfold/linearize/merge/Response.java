package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What a convolution makes of one example, in float64: one matrix product for each tap. */
final class Response {
  private final Convolution convolution;
  private final INDArray padded;
  private final long[] sizes;

  private Response(Convolution convolution, INDArray example) {
    this.convolution = convolution.grouped(1);
    long[] inner = Arrays.copyOfRange(example.shape(), 1, example.rank());
    this.sizes = convolution.form().outputSizes(inner);
    this.padded = padded(example, inner);
  }

  /**
   * The output, [outputs, size…].
   *
   * @param example [inputs, size…]
   */
  static INDArray of(Convolution convolution, INDArray example) {
    return new Response(convolution, example).output();
  }

  /** Everything that a tap reads, zeros included. */
  private INDArray padded(INDArray example, long... inner) {
    long[] shape = example.shape().clone();
    INDArrayIndex[] from = new INDArrayIndex[shape.length];
    INDArrayIndex[] to = new INDArrayIndex[shape.length];
    from[0] = NDArrayIndex.all();
    to[0] = NDArrayIndex.all();
    for (int i = 0; i < sizes.length; i++) {
      Axis axis = convolution.axes().get(i);
      long read = axis.stride() * (sizes[i] - 1) + axis.extent();
      long first = Math.max(0, -axis.before());
      long at = Math.max(0, axis.before());
      long count = Math.min(inner[i] - first, read - at);
      shape[i + 1] = read;
      from[i + 1] = NDArrayIndex.interval(first, first + count);
      to[i + 1] = NDArrayIndex.interval(at, at + count);
    }
    INDArray padded = Nd4j.zeros(DataType.DOUBLE, shape);
    padded.get(to).assign(example.get(from));
    return padded;
  }

  private INDArray output() {
    long positions = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    INDArray sum =
        Nd4j.createFromArray(convolution.bias())
            .reshape(-1, 1)
            .broadcast(convolution.outputs(), positions)
            .dup('c');
    for (long[] tap : taps()) {
      INDArray weights = convolution.weights().get(weightsAt(tap)).dup('c');
      INDArray read = padded.get(inputsAt(tap)).dup('c').reshape(convolution.inputs(), positions);
      sum.addi(weights.reshape(convolution.outputs(), convolution.inputs()).mmul(read));
    }
    long[] shape = new long[sizes.length + 1];
    shape[0] = convolution.outputs();
    System.arraycopy(sizes, 0, shape, 1, sizes.length);
    return sum.reshape(shape);
  }

  private INDArrayIndex[] weightsAt(long... tap) {
    INDArrayIndex[] at = new INDArrayIndex[tap.length + 2];
    at[0] = NDArrayIndex.all();
    at[1] = NDArrayIndex.all();
    for (int i = 0; i < tap.length; i++) {
      at[i + 2] = NDArrayIndex.interval(tap[i], tap[i] + 1);
    }
    return at;
  }

  private INDArrayIndex[] inputsAt(long... tap) {
    INDArrayIndex[] at = new INDArrayIndex[tap.length + 1];
    at[0] = NDArrayIndex.all();
    for (int i = 0; i < tap.length; i++) {
      Axis axis = convolution.axes().get(i);
      at[i + 1] = Convolution.lattice(tap[i] * axis.dilation(), axis.stride(), sizes[i]);
    }
    return at;
  }

  private List<long[]> taps() {
    return taps(convolution.axes());
  }

  /** The indices of the taps of a kernel. */
  static List<long[]> taps(List<Axis> axes) {
    List<long[]> taps = List.of(new long[axes.size()]);
    for (int i = 0; i < axes.size(); i++) {
      List<long[]> longer = new ArrayList<>();
      for (long[] tap : taps) {
        for (int v = 0; v < axes.get(i).kernel(); v++) {
          long[] next = tap.clone();
          next[i] = v;
          longer.add(next);
        }
      }
      taps = longer;
    }
    return taps;
  }
}
