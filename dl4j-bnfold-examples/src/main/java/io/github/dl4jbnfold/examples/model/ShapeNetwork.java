package io.github.dl4jbnfold.examples.model;

import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A residual network of nine batch normalizations for {@link ShapeImages}, chosen so that folding
 * it is not trivial: a normalization of the image before a zero-padded convolution, a residual
 * block, and two pre-activation blocks, the first with a stride.
 *
 * <p>SameDiff's batch normalization has no gradient, so there are two graphs of one architecture:
 * the training graph writes the normalization out as mean, variance and arithmetic, and the
 * inference graph has batch-normalization operators with the parameters and statistics of the
 * first.
 */
abstract class ShapeNetwork {
  static final String IMAGE = "image";
  static final String LABEL = "label";
  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";
  static final String LOSS = "loss";
  static final String MEAN = ".mean";
  static final String VARIANCE = ".variance";

  private static final double EPSILON = 1e-3;
  private static final int NARROW = 8;
  private static final int WIDE = 16;

  final SameDiff graph = SameDiff.create();

  private ShapeNetwork() {}

  /** The graph to train, with random weights, batch statistics and a loss. */
  static SameDiff training(long seed) {
    ShapeNetwork network = new Training(seed);
    network.build();
    SameDiff graph = network.graph;
    SDVariable labels = graph.placeHolder(LABEL, DataType.FLOAT, -1, ShapeImages.CLASSES.size());
    graph.loss.softmaxCrossEntropy(LOSS, labels, graph.getVariable(LOGITS), null);
    graph.setLossVariables(LOSS);
    return graph;
  }

  /**
   * The graph to ship.
   *
   * @param parameters weights, scales, shifts, means and variances by name
   */
  static SameDiff inference(Map<String, INDArray> parameters) {
    ShapeNetwork network = new Inference(parameters);
    network.build();
    return network.graph;
  }

  abstract SDVariable parameter(String name, double initial, long... shape);

  abstract SDVariable normalize(String name, SDVariable x, int channels);

  private void build() {
    SDVariable x =
        graph.placeHolder(IMAGE, DataType.FLOAT, -1, 1, ShapeImages.SIZE, ShapeImages.SIZE);
    x = normalize("norm_image", x, 1);
    x = relu("relu_stem", normalize("norm_stem", conv("stem", x, 3, 1, NARROW, 1), NARROW));
    x = residual("block_a", x);
    x = preActivation("block_b", x, NARROW, 2);
    x = preActivation("block_c", x, WIDE, 1);
    x = relu("relu_last", normalize("norm_last", x, WIDE));
    x = x.mean("pool", 2, 3);
    int classes = ShapeImages.CLASSES.size();
    SDVariable logits =
        graph.nn.linear(
            LOGITS,
            x,
            parameter("classes.weight", Math.sqrt(1.0 / WIDE), WIDE, classes),
            parameter("classes.bias", 0, classes));
    graph.nn.softmax(PROBABILITIES, logits, 1);
  }

  private SDVariable residual(String name, SDVariable x) {
    SDVariable y = conv(name + "_conv1", x, 3, NARROW, NARROW, 1);
    y = relu(name + "_relu1", normalize(name + "_norm1", y, NARROW));
    y = normalize(name + "_norm2", conv(name + "_conv2", y, 3, NARROW, NARROW, 1), NARROW);
    return relu(name + "_relu2", y.add(name + "_add", x));
  }

  private SDVariable preActivation(String name, SDVariable x, int channels, int stride) {
    SDVariable first = relu(name + "_relu1", normalize(name + "_norm1", x, channels));
    SDVariable y = conv(name + "_conv1", first, 3, channels, WIDE, stride);
    y = relu(name + "_relu2", normalize(name + "_norm2", y, WIDE));
    y = conv(name + "_conv2", y, 3, WIDE, WIDE, 1);
    SDVariable shortcut =
        stride == 1 ? x : conv(name + "_shortcut", first, 1, channels, WIDE, stride);
    return y.add(name + "_add", shortcut);
  }

  private SDVariable conv(String name, SDVariable x, int kernel, int in, int out, int stride) {
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(kernel)
            .kW(kernel)
            .sH(stride)
            .sW(stride)
            .paddingMode(PaddingMode.SAME)
            .dataFormat(Conv2DConfig.NCHW)
            .build();
    double deviation = Math.sqrt(2.0 / (kernel * kernel * in));
    return graph.cnn.conv2d(
        name, x, parameter(name + ".weight", deviation, kernel, kernel, in, out), config);
  }

  private SDVariable relu(String name, SDVariable x) {
    return graph.nn.relu(name, x, 0);
  }

  private static final class Training extends ShapeNetwork {
    private final Random random;

    Training(long seed) {
      this.random = new Random(seed);
    }

    @Override
    SDVariable parameter(String name, double deviation, long... shape) {
      INDArray values = Nd4j.create(DataType.FLOAT, shape);
      for (long i = 0; i < values.length(); i++) {
        values.putScalar(i, deviation * random.nextGaussian());
      }
      return graph.var(name, values);
    }

    @Override
    SDVariable normalize(String name, SDVariable x, int channels) {
      SDVariable gamma = graph.var(name + ".gamma", Nd4j.ones(DataType.FLOAT, 1, channels, 1, 1));
      SDVariable beta = graph.var(name + ".beta", Nd4j.zeros(DataType.FLOAT, 1, channels, 1, 1));
      SDVariable mean = x.mean(name + MEAN, true, 0, 2, 3);
      SDVariable centred = x.sub(mean);
      SDVariable variance = graph.math.square(centred).mean(name + VARIANCE, true, 0, 2, 3);
      SDVariable deviation = graph.math.sqrt(variance.add(EPSILON));
      return centred.div(deviation).mul(gamma).add(name, beta);
    }
  }

  private static final class Inference extends ShapeNetwork {
    private final Map<String, INDArray> parameters;

    Inference(Map<String, INDArray> parameters) {
      this.parameters = parameters;
    }

    private INDArray value(String name) {
      INDArray value = parameters.get(name);
      if (value == null) {
        throw new IllegalArgumentException("There is no parameter '" + name + "'.");
      }
      return value;
    }

    @Override
    SDVariable parameter(String name, double deviation, long... shape) {
      return graph.var(name, value(name));
    }

    @Override
    SDVariable normalize(String name, SDVariable x, int channels) {
      return graph.nn.batchNorm(
          name,
          x,
          graph.constant(name + MEAN, value(name + MEAN).reshape(channels)),
          graph.constant(name + VARIANCE, value(name + VARIANCE).reshape(channels)),
          graph.var(name + ".gamma", value(name + ".gamma").reshape(channels)),
          graph.var(name + ".beta", value(name + ".beta").reshape(channels)),
          EPSILON,
          1);
    }
  }
}
