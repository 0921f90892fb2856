package io.github.dl4jbnfold.examples.benchmark;

import java.util.Random;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Networks of any number of batch normalizations, with random parameters in float64. */
final class ScaleNetwork {
  static final String INPUT = "image";
  static final String OUTPUT = "output";

  private static final int CHANNELS = 4;
  private static final int SIZE = 3;
  private static final int SCOPE = 100;
  private static final double EPSILON = 1e-3;

  private final SameDiff graph = SameDiff.create();
  private final Random random;
  private final int norms;
  private int made;
  private int rectified;

  /** How the batch normalizations are connected. */
  enum Kind {
    /** Convolution, batch normalization, ReLU, one after the other. */
    CHAIN,
    /** Blocks of two convolutions and a shortcut. */
    RESIDUAL
  }

  private ScaleNetwork(int norms, long seed) {
    this.norms = norms;
    this.random = new Random(seed);
  }

  static SameDiff of(Kind kind, int norms, long seed) {
    ScaleNetwork network = new ScaleNetwork(norms, seed);
    SDVariable x = network.graph.placeHolder(INPUT, DataType.DOUBLE, -1, CHANNELS, SIZE, SIZE);
    x = kind == Kind.CHAIN ? network.chain(x) : network.residual(x);
    network.graph.math.tanh(OUTPUT, x);
    return network.graph;
  }

  static INDArray input() {
    return Nd4j.getRandomFactory()
        .getNewRandomInstance(1)
        .nextGaussian(new long[] {1, CHANNELS, SIZE, SIZE})
        .castTo(DataType.DOUBLE);
  }

  private SDVariable chain(SDVariable input) {
    SDVariable x = input;
    while (made < norms) {
      SDVariable before = x;
      x = scoped(() -> relu(convolutionAndNorm(before)));
    }
    return x;
  }

  private SDVariable residual(SDVariable input) {
    SDVariable x = scoped(() -> relu(convolutionAndNorm(input)));
    while (made < norms) {
      SDVariable before = x;
      x = scoped(() -> block(before));
    }
    return x;
  }

  private SDVariable block(SDVariable x) {
    SDVariable y = relu(convolutionAndNorm(x));
    if (made < norms) {
      y = convolutionAndNorm(y);
    }
    return relu(y.add("add" + made, x));
  }

  /**
   * SameDiff looks for a free operator name by counting from 1, and compares the array of a new
   * variable with all others: scopes, and constants for variables, keep building linear.
   */
  @SuppressWarnings("try")
  private SDVariable scoped(Supplier<SDVariable> part) {
    try (NameScope scope = graph.withNameScope("part" + made / SCOPE)) {
      return part.get();
    }
  }

  private SDVariable relu(SDVariable x) {
    return graph.nn.relu("relu" + rectified++, x, 0);
  }

  private SDVariable convolutionAndNorm(SDVariable x) {
    String name = "norm" + made;
    Conv2DConfig config =
        Conv2DConfig.builder().kH(1).kW(1).sH(1).sW(1).dataFormat(Conv2DConfig.NCHW).build();
    SDVariable weights =
        graph.constant(
            "weight" + made, gaussian(Math.sqrt(1.0 / CHANNELS), 1, 1, CHANNELS, CHANNELS));
    SDVariable y = graph.cnn.conv2d("conv" + made, x, weights, config);
    made++;
    return graph.nn.batchNorm(
        name,
        y,
        graph.constant(name + ".mean", gaussian(0.3, CHANNELS)),
        graph.constant(name + ".variance", uniform(0.5, 1.5)),
        graph.constant(name + ".gamma", uniform(0.5, 1.5)),
        graph.constant(name + ".beta", gaussian(0.3, CHANNELS)),
        EPSILON,
        1);
  }

  private INDArray uniform(double low, double high) {
    double[] values = new double[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      values[i] = low + (high - low) * random.nextDouble();
    }
    return Nd4j.createFromArray(values);
  }

  private INDArray gaussian(double deviation, long... shape) {
    INDArray values = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < values.length(); i++) {
      values.putScalar(i, deviation * random.nextGaussian());
    }
    return values;
  }
}
