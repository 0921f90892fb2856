package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layers that known networks are made of, in NCHW. Networks are built at their depth and with
 * their wiring; their channels are the published ones divided by a number, and their images are
 * small, because the rule of theory, section 1, does not depend on these.
 */
abstract class NetworkParts {
  private final Plot plot;
  private int weights;

  /**
   * Where a network is built.
   *
   * @param divisor of the published numbers of channels; 1 for the width of the publication
   */
  record Plot(Net net, Gamma gamma, int divisor) {}

  NetworkParts(Plot plot) {
    this.plot = plot;
  }

  final SameDiff graph() {
    return plot.net.graph();
  }

  /** Channels for a published number of channels: 2 at least, so that both signs occur. */
  final int width(int published) {
    return Math.max(2, published / plot.divisor);
  }

  final Node image(int height, int width) {
    return plot.net.image(3, height, width);
  }

  final Node norm(Node x) {
    return x.batchNorm(plot.gamma);
  }

  final Node normRelu(Node x) {
    return norm(x).relu();
  }

  /** A weight whose products keep the magnitude through a ReLU, whatever the widths. */
  final SDVariable weight(long fanIn, long... shape) {
    return graph().var("w" + weights++, plot.net.gaussian(Math.sqrt(1.5 / fanIn), shape));
  }

  /** Convolution without bias, padded to SAME where its kernel is larger than 1. */
  final Node conv(Node x, int published, int k, int stride) {
    return conv(x, published, k, k, stride, k == 1 ? Padding.VALID : Padding.SAME);
  }

  /** Convolution without bias, kernel height×width. */
  final Node conv(Node x, int published, int height, int width, int stride, Padding padding) {
    return convTo(x, width(published), height, width, stride, padding, false);
  }

  /** Convolution 1×1 with bias. */
  final Node biased(Node x, int published) {
    return convTo(x, width(published), 1, 1, 1, Padding.VALID, true);
  }

  /** Convolution to a number of channels that is not divided any more. */
  final Node convTo(
      Node x, int channels, int height, int width, int stride, Padding padding, boolean bias) {
    SDVariable weight =
        weight((long) height * width * x.channels(), height, width, x.channels(), channels);
    return x.conv(weight, channels, padding, stride, 1, bias);
  }

  /** Depthwise convolution without bias, padded by k / 2 on each side. */
  final Node depthwise(Node x, int k, int stride) {
    SDVariable weight = weight((long) k * k, k, k, x.channels(), 1);
    return x.apply(
        v -> graph().cnn().depthWiseConv2d(v, weight, window(k, stride, Padding.of(k / 2))));
  }

  /** Separable convolution without bias, padded to SAME. */
  final Node separable(Node x, int published, int k, int stride) {
    int out = width(published);
    SDVariable spatial = weight((long) k * k, k, k, x.channels(), 1);
    SDVariable pointwise = weight(x.channels(), 1, 1, x.channels(), out);
    return x.apply(
        out,
        v -> graph().cnn().separableConv2d(v, spatial, pointwise, window(k, stride, Padding.SAME)));
  }

  private static Conv2DConfig window(int k, int stride, Padding padding) {
    return Conv2DConfig.builder()
        .kH(k)
        .kW(k)
        .sH(stride)
        .sW(stride)
        .dH(1)
        .dW(1)
        .pH(padding.amount())
        .pW(padding.amount())
        .paddingMode(padding.mode())
        .dataFormat(Conv2DConfig.NCHW)
        .build();
  }

  /** Zeros around an image: rows above and columns to the left, rows below and columns right. */
  final Node zeroPad(Node x, int before, int after) {
    int[][] widths = {{0, 0}, {0, 0}, {before, after}, {before, after}};
    SDVariable amounts = graph().constant(Nd4j.createFromArray(widths));
    return x.apply(v -> graph().nn().pad(v, amounts, 0));
  }

  final Node swish(Node x) {
    return x.apply(v -> graph().nn().swish(v));
  }

  /** ReLU6(x + 3) / 6: Howard et al., "Searching for MobileNetV3", section 5.2. */
  final Node hardSigmoid(Node x) {
    return x.apply(v -> graph().nn().relu6(v.add(3), 0).mul(1 / 6.0));
  }

  /** x · hardSigmoid(x). */
  final Node hardSwish(Node x) {
    return times(x, hardSigmoid(x));
  }

  final Node times(Node x, Node gate) {
    return x.apply(v -> v.mul(gate.variable()));
  }

  /**
   * Squeeze and excitation: x times a gate that a mean over positions and two 1×1 convolutions
   * compute.
   *
   * @param published channels of the squeezed tensor
   */
  final Node squeezeExcite(
      Node x, int published, UnaryOperator<Node> inside, UnaryOperator<Node> gate) {
    Node mean = x.apply(v -> graph().mean(v, true, 2, 3));
    Node squeezed = inside.apply(biased(mean, published));
    return times(x, gate.apply(convTo(squeezed, x.channels(), 1, 1, 1, Padding.VALID, true)));
  }

  /** Global average, dense layer, requested output. */
  final void classify(Node x) {
    x.globalPool().dense(5).output();
  }
}
