package io.github.dl4jbnfold.samediff;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where a {@link Layer} adds its operators: the SameDiff graph, and random parameters that depend
 * on the step alone, so that they stay what they are when other steps are taken away.
 */
final class Site {
  /** A variable and its shape without the batch; height 0 stands for [N, C]. */
  record Value(SDVariable variable, int channels, int height, int width) {
    boolean isImage() {
      return height > 0;
    }

    boolean sameShape(Value other) {
      return channels == other.channels && height == other.height && width == other.width;
    }
  }

  final SameDiff graph = SameDiff.create();
  final boolean channelsLast;
  private final long seed;
  private final Random random = new Random();
  private final Map<Integer, SDVariable> weights = new HashMap<>();
  private final Map<String, SDVariable[]> splits = new HashMap<>();
  private int step;
  private String part = "";

  Site(long seed, boolean channelsLast) {
    this.seed = seed;
    this.channelsLast = channelsLast;
  }

  void enter(int id) {
    step = id;
    random.setSeed(seed * 1_000_003 + id * 7919L);
  }

  Random random() {
    return random;
  }

  /** The name of the variable that the present step, or the present part of it, computes. */
  String name() {
    return "v" + step + part;
  }

  String name(String suffix) {
    return name() + "." + suffix;
  }

  /** Lets a layer be a part of the present step, with names of its own. */
  Value inside(String name, Supplier<Value> layer) {
    part = "." + name;
    Value result = layer.get();
    part = "";
    return result;
  }

  /** The channel axis of a value. */
  int axis(Value x) {
    return channelsLast && x.isImage() ? 3 : 1;
  }

  /** The shape of an image with a free batch axis, in the format of the graph. */
  long[] image(int channels, int height, int width) {
    return channelsLast
        ? new long[] {-1, height, width, channels}
        : new long[] {-1, channels, height, width};
  }

  /** Normally distributed values of a size that keeps activations near 1. */
  SDVariable weight(String part, int fanIn, long... shape) {
    SDVariable weight = graph.var(name(part), gaussian(Math.sqrt(1.5 / fanIn), shape));
    weights.putIfAbsent(step, weight);
    return weight;
  }

  /** The weight of an earlier step if it has the given shape; null otherwise. */
  SDVariable weightOf(int id, long... shape) {
    SDVariable weight = weights.get(id);
    return weight != null && java.util.Arrays.equals(weight.getShape(), shape) ? weight : null;
  }

  /** Trainable or constant, by chance. */
  SDVariable parameter(String part, double... values) {
    INDArray array = Nd4j.createFromArray(values);
    return random.nextBoolean() ? graph.var(name(part), array) : graph.constant(name(part), array);
  }

  double[] gaussians(double scale, int count) {
    double[] values = new double[count];
    java.util.Arrays.setAll(values, i -> scale * random.nextGaussian());
    return values;
  }

  INDArray gaussian(double scale, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, scale * random.nextGaussian());
    }
    return array;
  }

  /** Numbers of mixed sign, none near 0, that broadcast along the channels of x. */
  SDVariable channelVector(Value x) {
    double[] values = new double[x.channels];
    java.util.Arrays.setAll(
        values, i -> (0.4 + 1.2 * random.nextDouble()) * (random.nextInt(4) == 0 ? -1 : 1));
    INDArray array = Nd4j.createFromArray(values);
    boolean last = channelsLast || !x.isImage();
    return graph.constant(name("k"), last ? array : array.reshape(x.channels, 1, 1));
  }

  /** One part of a split; all parts come from one operator. */
  SDVariable part(Value x, int parts, int index) {
    return splits
        .computeIfAbsent(
            x.variable.name() + "/" + parts, key -> graph.split(x.variable, parts, axis(x)))[index];
  }
}
