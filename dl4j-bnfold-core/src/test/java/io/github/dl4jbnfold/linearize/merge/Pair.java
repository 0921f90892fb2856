package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Two convolutions, one after the other, and what the first reads. Random ones have any kernels,
 * strides, dilations, paddings (of each side) and groups.
 */
record Pair(Convolution first, Convolution second, INDArray input, long[] sizes) {
  static Pair random(long seed, int spatialAxes) {
    Random random = new Random(seed);
    long[] sizes = random.longs(spatialAxes, 5, 10).toArray();
    int unit = 1 + random.nextInt(2);
    List<Axis> one = axes(random, sizes);
    long[] middle = outputs(one, sizes);
    List<Axis> two = axes(random, middle);
    int groups = random.nextInt(3) == 0 ? 2 : 1;
    int inputs = unit * 2;
    int between = 2 * (1 + random.nextInt(2));
    Convolution first = Naive.random(random, inputs, between, groups, one);
    Convolution second =
        random.nextInt(3) == 0
            ? Naive.random(random, between, between * unit, between, two)
            : Naive.random(random, between, 2 * unit, random.nextInt(3) == 0 ? 2 : 1, two);
    long[] shape = new long[1 + spatialAxes];
    shape[0] = inputs;
    System.arraycopy(sizes, 0, shape, 1, spatialAxes);
    return new Pair(first, second, Naive.normal(random, shape), sizes);
  }

  static List<Axis> axes(Random random, long[] sizes) {
    List<Axis> axes = new ArrayList<>();
    for (long size : sizes) {
      Axis axis;
      do {
        axis =
            new Axis(
                1 + random.nextInt(3),
                1 + random.nextInt(2),
                1 + random.nextInt(3),
                random.nextInt(4) - 1,
                random.nextInt(4) - 1);
      } while (axis.outputs(size) < 1);
      axes.add(axis);
    }
    return axes;
  }

  static long[] outputs(List<Axis> axes, long[] sizes) {
    long[] outputs = new long[sizes.length];
    Arrays.setAll(outputs, i -> axes.get(i).outputs(sizes[i]));
    return outputs;
  }

  /** The padding of both in front of the first. */
  Pair paddedInFront() {
    List<Axis> whole = new ArrayList<>();
    List<Axis> none = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      Axis merged = first.axes().get(i).then(second.axes().get(i));
      whole.add(first.axes().get(i).padded(merged.before(), merged.after()));
      none.add(second.axes().get(i).padded(0, 0));
    }
    return new Pair(first.padded(whole), second.padded(none), input, sizes);
  }

  /** The first has no bias. */
  Pair withoutBias() {
    double[] none = new double[first.outputs()];
    Convolution plain = new Convolution(first.weights(), none, first.groups(), first.axes());
    return new Pair(plain, second, input, sizes);
  }

  /** Whether what they write does not depend on what the first reads. */
  boolean isConstant() {
    return apart().equals(new Pair(first, second, input.mul(0), sizes).apart());
  }

  Border border() {
    return Border.between(first.form(), first.hasBias(), second.form(), sizes);
  }

  INDArray apart() {
    return Naive.apply(second, Naive.apply(first, input));
  }

  /** One convolution with the padding p1 + s1·p2, right or wrong. */
  INDArray merged() {
    return Naive.apply(first.then(second), input);
  }

  double error() {
    return Naive.error(apart(), merged());
  }
}
