package io.github.dl4jbnfold.linearize.merge;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One convolution in the place of two:
 *
 * <pre>
 *   U[o,i,q] = Σ_m Σ_{d1·u + s1·d2·v = q} W2[o,m,v]·W1[m,i,u]
 *   b[o]     = b2[o] + Σ_m b1[m]·Σ_v W2[o,m,v]
 * </pre>
 *
 * <p>It is right wherever the second does not read what the first does not write: {@link Border}
 * says where that is not everywhere.
 */
final class Composition {
  private final Convolution first;
  private final Convolution second;
  private final List<Axis> axes;
  private final int groups;

  private Composition(Convolution first, Convolution second) {
    Form form = first.form().then(second.form());
    this.groups = form.groups();
    this.axes = form.axes();
    this.first = first.grouped(groups);
    this.second = second.grouped(groups);
  }

  static Convolution of(Convolution first, Convolution second) {
    Composition composition = new Composition(first, second);
    return new Convolution(
        composition.weights(), composition.bias(), composition.groups, composition.axes);
  }

  private INDArray weights() {
    long[] shape = new long[2 + axes.size()];
    shape[0] = second.outputs();
    shape[1] = first.weights().size(1);
    for (int i = 0; i < axes.size(); i++) {
      shape[2 + i] = axes.get(i).kernel();
    }
    INDArray merged = Nd4j.zeros(DataType.DOUBLE, shape);
    long outputs = second.outputs() / groups;
    long middle = first.outputs() / groups;
    for (int group = 0; group < groups; group++) {
      INDArrayIndex outs = NDArrayIndex.interval(group * outputs, (group + 1) * outputs);
      INDArrayIndex mids = NDArrayIndex.interval(group * middle, (group + 1) * middle);
      INDArray reads = first.weights().get(mids).dup('c').reshape(middle, -1);
      for (long[] tap : Response.taps(second.axes())) {
        addTap(merged, outs, tap, reads);
      }
    }
    return merged;
  }

  /** What the first convolution contributes through one tap of the second. */
  private void addTap(INDArray merged, INDArrayIndex outs, long[] tap, INDArray reads) {
    INDArray through = second.weights().get(at(outs, tap)).dup('c').reshape(-1, reads.size(0));
    INDArray product = through.mmul(reads);
    long[] shape = first.weights().shape().clone();
    shape[0] = through.size(0);
    INDArrayIndex[] target = new INDArrayIndex[shape.length];
    target[0] = outs;
    target[1] = NDArrayIndex.all();
    for (int i = 0; i < axes.size(); i++) {
      Axis one = first.axes().get(i);
      Axis two = second.axes().get(i);
      int unit = axes.get(i).dilation();
      long offset = tap[i] * one.stride() * two.step() / unit;
      target[2 + i] = Convolution.lattice(offset, Math.max(1, one.step() / unit), one.kernel());
    }
    merged.get(target).addi(product.dup('c').reshape(shape));
  }

  private static INDArrayIndex[] at(INDArrayIndex outs, long[] tap) {
    INDArrayIndex[] at = new INDArrayIndex[2 + tap.length];
    at[0] = outs;
    at[1] = NDArrayIndex.all();
    Arrays.setAll(at, i -> i < 2 ? at[i] : NDArrayIndex.interval(tap[i - 2], tap[i - 2] + 1));
    return at;
  }

  private double[] bias() {
    int[] spatial = IntStream.range(2, 2 + axes.size()).toArray();
    INDArray sums = spatial.length == 0 ? second.weights() : second.weights().sum(spatial);
    int outputs = second.outputs() / groups;
    int middle = first.outputs() / groups;
    double[] bias = second.bias().clone();
    for (int o = 0; o < bias.length; o++) {
      int from = o / outputs * middle;
      for (int m = 0; m < middle; m++) {
        bias[o] += sums.getDouble(o, m) * first.bias()[from + m];
      }
    }
    return bias;
  }
}
