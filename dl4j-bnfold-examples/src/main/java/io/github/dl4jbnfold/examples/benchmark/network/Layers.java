package io.github.dl4jbnfold.examples.benchmark.network;

import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layers of the networks, in NCHW and float32. Weights and what training learns of a batch
 * normalization are variables; its statistics are constants. No random number generator but its own
 * is touched.
 */
final class Layers {
  private static final int CLASSES = 1000;
  private static final double EPSILON = 1e-5;

  private final SameDiff graph = SameDiff.create();
  private final double negative;
  private final Random random;
  private final org.nd4j.linalg.api.rng.Random gaussians;
  private int made;

  /** An image under construction: [batch, channels, height, width]. */
  record Image(SDVariable variable, int channels) {}

  /** A square window. */
  record Window(int size, int stride, int padding) {
    /** A convolution that keeps height and width, of odd size and stride 1. */
    static Window same(int size) {
      return new Window(size, 1, size / 2);
    }

    private Conv2DConfig convolution() {
      return Conv2DConfig.builder()
          .kH(size)
          .kW(size)
          .sH(stride)
          .sW(stride)
          .pH(padding)
          .pW(padding)
          .dataFormat(Conv2DConfig.NCHW)
          .build();
    }

    private Pooling2DConfig pooling() {
      return Pooling2DConfig.builder()
          .kH(size)
          .kW(size)
          .sH(stride)
          .sW(stride)
          .pH(padding)
          .pW(padding)
          .build();
    }
  }

  /**
   * @param negative the share of the gammas that are negative
   * @param seed not 0, which ND4J takes for the time of day
   */
  Layers(double negative, long seed) {
    this.negative = negative;
    this.random = new Random(seed);
    this.gaussians = Nd4j.getRandomFactory().getNewRandomInstance(seed);
  }

  SameDiff graph() {
    return graph;
  }

  private String name(String kind) {
    return kind + made++;
  }

  private Image of(SDVariable variable, int channels) {
    return new Image(variable, channels);
  }

  Image image(int size) {
    return of(graph.placeHolder(PublishedNetwork.INPUT, DataType.FLOAT, -1, 3, size, size), 3);
  }

  /** Convolution without bias. */
  Image conv(Image x, int out, Window window) {
    String name = name("conv");
    SDVariable weight = kernel(name, x, out, window);
    return of(graph.cnn.conv2d(name, x.variable, weight, window.convolution()), out);
  }

  Image convWithBias(Image x, int out, Window window) {
    String name = name("conv");
    SDVariable weight = kernel(name, x, out, window);
    SDVariable bias = graph.var(name + ".bias", gaussian(0.1, out));
    return of(graph.cnn.conv2d(name, x.variable, weight, bias, window.convolution()), out);
  }

  private SDVariable kernel(String name, Image x, int out, Window window) {
    int k = window.size;
    return weight(name, k * k * x.channels, k, k, x.channels, out);
  }

  /** Depthwise convolution without bias. */
  Image depthwise(Image x, Window window) {
    String name = name("depthwise");
    int k = window.size;
    SDVariable weight = weight(name, k * k, k, k, x.channels, 1);
    return of(
        graph.cnn.depthWiseConv2d(name, x.variable, weight, window.convolution()), x.channels);
  }

  /** Sums of so many products keep their magnitude through a ReLU. */
  private SDVariable weight(String name, double summands, long... shape) {
    return graph.var(name + ".weight", gaussian(Math.sqrt(1.5 / summands), shape));
  }

  Image norm(Image x) {
    String name = name("norm");
    int channels = x.channels;
    SDVariable mean = graph.constant(name + ".mean", gaussian(0.3, channels));
    SDVariable variance = graph.constant(name + ".variance", uniform(channels, 0));
    SDVariable gamma = graph.var(name + ".gamma", uniform(channels, negative));
    SDVariable beta = graph.var(name + ".beta", gaussian(0.3, channels));
    return of(
        graph.nn.batchNorm(name, x.variable, mean, variance, gamma, beta, EPSILON, 1), channels);
  }

  Image relu(Image x) {
    return of(graph.nn.relu(name("relu"), x.variable, 0), x.channels);
  }

  Image normRelu(Image x) {
    return relu(norm(x));
  }

  Image relu6(Image x) {
    return of(graph.nn.relu6(name("relu6"), x.variable, 0), x.channels);
  }

  Image add(Image x, Image y) {
    return of(x.variable.add(name("sum"), y.variable), x.channels);
  }

  Image concat(Image x, Image y) {
    return of(graph.concat(name("join"), 1, x.variable, y.variable), x.channels + y.channels);
  }

  Image maxPool(Image x, Window window) {
    return of(graph.cnn.maxPooling2d(name("maxpool"), x.variable, window.pooling()), x.channels);
  }

  Image averagePool(Image x, Window window) {
    return of(graph.cnn.avgPooling2d(name("avgpool"), x.variable, window.pooling()), x.channels);
  }

  /** One row and column of zeros around an image, as an operator of its own. */
  Image zeroBorder(Image x) {
    String name = name("zeros");
    int[][] widths = {{0, 0}, {0, 0}, {1, 1}, {1, 1}};
    SDVariable amounts = graph.constant(name + ".widths", Nd4j.createFromArray(widths));
    return of(graph.nn.pad(name, x.variable, amounts, 0), x.channels);
  }

  /** Global average, dense layer, output. */
  void classify(Image x) {
    SDVariable pooled = graph.mean("pool", x.variable, 2, 3);
    SDVariable weight = weight("dense", x.channels, x.channels, CLASSES);
    SDVariable bias = graph.var("dense.bias", gaussian(0.1, CLASSES));
    graph.nn.linear(PublishedNetwork.OUTPUT, pooled, weight, bias);
  }

  private INDArray gaussian(double deviation, long... shape) {
    return gaussians.nextGaussian(shape).castTo(DataType.FLOAT).muli(deviation);
  }

  /** Magnitudes between 0.5 and 1.5. */
  private INDArray uniform(int length, double shareNegative) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      float magnitude = 0.5f + random.nextFloat();
      values[i] = random.nextDouble() < shareNegative ? -magnitude : magnitude;
    }
    return Nd4j.createFromArray(values);
  }
}
