package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.ops.custom.FusedBatchNorm;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** What several cases are built of. No image is square. */
final class Parts {
  private Parts() {}

  /** An image of three channels. */
  static Node image(Net net) {
    return net.image(3, 9, 7);
  }

  /** An image of three channels behind an activation that passes no gauge. */
  static Node active(Net net) {
    return image(net).sigmoid();
  }

  /** A convolution to five channels, zero-padded so that the size stays. */
  static Node conv(Net net) {
    return image(net).conv(5, 3, Padding.SAME);
  }

  /** A row of features. */
  static Node row(Net net) {
    return net.placeholder("x", -1, 6);
  }

  /** The channel axis of an image. */
  static int axis(Net net) {
    return net.channelsLast() ? 3 : 1;
  }

  /** Splits the channels into equal groups, treats each, and concatenates them again. */
  static Node grouped(Net net, Node x, int channels, int groups, UnaryOperator<Node> group) {
    String[] names = IntStream.range(0, groups).mapToObj(i -> "part" + i).toArray(String[]::new);
    SDVariable[] parts = net.graph().split(names, x.variable(), groups, axis(net));
    Node[] results =
        Arrays.stream(parts)
            .map(part -> group.apply(x.apply(channels / groups, v -> part)))
            .toArray(Node[]::new);
    return results[0].concat(Arrays.copyOfRange(results, 1, results.length));
  }

  /** Pads height and width by one row above, two below, one column to the right. */
  static SDVariable pad(Net net, SDVariable v, PadMode mode, double value) {
    int[][] rows = {{1, 2}, {0, 1}};
    int[][] none = {{0, 0}};
    int[][] widths =
        net.channelsLast()
            ? new int[][] {none[0], rows[0], rows[1], none[0]}
            : new int[][] {none[0], none[0], rows[0], rows[1]};
    return pad(net, v, mode, value, widths);
  }

  /** Pads each axis by a number before and a number behind. */
  static SDVariable pad(Net net, SDVariable v, PadMode mode, double value, int[]... widths) {
    SDVariable amounts = net.graph().constant("widths", Nd4j.createFromArray(widths));
    return net.graph().nn().pad("padded", v, amounts, mode, value);
  }

  /** A convolution 3×3 of size-preserving zero padding with weights and a bias that others read. */
  static SDVariable conv(Net net, String name, SDVariable v, SDVariable weights, SDVariable bias) {
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(3)
            .kW(3)
            .sH(1)
            .sW(1)
            .dH(1)
            .dW(1)
            .paddingMode(PaddingMode.SAME)
            .dataFormat(net.channelsLast() ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
            .build();
    return net.graph().cnn().conv2d(name, v, weights, bias, config);
  }

  /** A batch normalization of five channels; gamma and beta may be absent. */
  static SDVariable norm(
      Net net, SDVariable v, @Nullable SDVariable gamma, @Nullable SDVariable beta) {
    SDVariable mean = net.constant("mean", 5);
    return norm(net, v, mean, variance(net), gamma, beta);
  }

  /** A batch normalization of five channels with any parameters. */
  static SDVariable norm(
      Net net,
      SDVariable v,
      SDVariable mean,
      SDVariable variance,
      @Nullable SDVariable gamma,
      @Nullable SDVariable beta) {
    int[] axes = {axis(net)};
    BatchNorm norm = new BatchNorm(net.graph(), v, mean, variance, gamma, beta, 1e-3, axes);
    return net.graph().updateVariableNameAndReference(norm.outputVariable(), "bn");
  }

  private static SDVariable variance(Net net) {
    return net.graph().constant("var", net.vector(0.3, 0.5, 2, 0.7, 0.8));
  }

  /** TensorFlow's operator for five channels: the normalized tensor, mean and variance. */
  static SDVariable[] fused(Net net, SDVariable v, boolean training) {
    SDVariable gamma = net.weight("gamma", 5);
    SDVariable beta = net.weight("beta", 5);
    int format = net.channelsLast() ? 0 : 1;
    FusedBatchNorm norm;
    if (training) {
      norm = new FusedBatchNorm(net.graph(), v, gamma, beta, format, 1);
    } else {
      SDVariable mean = net.constant("mean", 5);
      norm = new FusedBatchNorm(net.graph(), v, gamma, beta, mean, variance(net));
      norm.addIArgument(format, 0);
    }
    norm.addTArgument(1e-2);
    SDVariable[] outputs = norm.outputVariables();
    net.graph().updateVariableNameAndReference(outputs[0], "bn");
    return outputs;
  }

  /** [N, length, 5] times a matrix, row by row: ND4J multiplies arrays of equal rank only. */
  static Node tokens(Net net, int length, int features) {
    return net.placeholder("x", -1, length, 5)
        .apply(5, v -> v.reshape(-1, 5))
        .apply(features, v -> v.mmul("product", net.weight("W", 5, features)))
        .apply(features, v -> v.reshape(-1, length, features));
  }

  /** A batch normalization along any axis. */
  static Node norm(Node x, int axis, int size) {
    return x.batchNorm(Gamma.MIXED, axis, size, 1e-3);
  }
}
