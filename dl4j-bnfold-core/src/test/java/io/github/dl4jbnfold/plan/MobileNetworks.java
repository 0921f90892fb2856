package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Node;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;

/** Networks of depthwise convolutions: inverted bottlenecks with and without gates, shuffles. */
final class MobileNetworks extends NetworkParts {
  MobileNetworks(Plot plot) {
    super(plot);
  }

  /**
   * An inverted bottleneck.
   *
   * @param k size of the depthwise kernel
   * @param expanded published channels of the depthwise convolution
   * @param out published channels of the block
   * @param squeezed published channels inside squeeze and excitation; 0 for a block without
   * @param hard with hard-swish instead of ReLU; MobileNet-V3 only
   */
  private record Block(int k, int expanded, int out, int squeezed, boolean hard, int stride) {}

  private Node bottleneck(
      Node x,
      int in,
      Block block,
      UnaryOperator<Node> activation,
      UnaryOperator<Node> squeezeActivation,
      UnaryOperator<Node> gate) {
    Node y = block.expanded == in ? x : activation.apply(norm(conv(x, block.expanded, 1, 1)));
    y = activation.apply(norm(depthwise(y, block.k, block.stride)));
    if (block.squeezed > 0) {
      y = squeezeExcite(y, block.squeezed, squeezeActivation, gate);
    }
    y = norm(conv(y, block.out, 1, 1));
    return block.stride == 1 && block.out == in ? sum(y, x) : y;
  }

  /**
   * Named by SameDiff, as all operators around it: beside unnamed operators whose types begin alike
   * (relu6, add_scalar), a named one would share its name with another's variable, which a file
   * does not survive.
   */
  private Node sum(Node x, Node y) {
    return x.apply(v -> v.add(y.variable()));
  }

  /** Named by SameDiff; see {@link #sum}. */
  private Node relu(Node x) {
    return x.apply(v -> graph().nn().relu(v, 0));
  }

  /** 52 batch normalizations, each behind a convolution. Sandler et al., "MobileNetV2", table 2. */
  void mobileNetV2() {
    int[][] stages = {
      {1, 16, 1, 1},
      {6, 24, 2, 2},
      {6, 32, 3, 2},
      {6, 64, 4, 2},
      {6, 96, 3, 1},
      {6, 160, 3, 2},
      {6, 320, 1, 1}
    };
    Node x = norm(conv(image(32, 28), 32, 3, 2)).relu6();
    int in = 32;
    for (int[] stage : stages) {
      for (int i = 0; i < stage[2]; i++) {
        Block block = new Block(3, in * stage[0], stage[1], 0, false, i == 0 ? stage[3] : 1);
        x = bottleneck(x, in, block, Node::relu6, this::relu, Node::sigmoid);
        in = stage[1];
      }
    }
    classify(norm(conv(x, 1280, 1, 1)).relu6());
  }

  /**
   * 46 batch normalizations, each behind a convolution. Howard et al., "Searching for MobileNetV3",
   * table 1.
   */
  void mobileNetV3Large() {
    List<Block> blocks =
        List.of(
            new Block(3, 16, 16, 0, false, 1),
            new Block(3, 64, 24, 0, false, 2),
            new Block(3, 72, 24, 0, false, 1),
            new Block(5, 72, 40, 24, false, 2),
            new Block(5, 120, 40, 32, false, 1),
            new Block(5, 120, 40, 32, false, 1),
            new Block(3, 240, 80, 0, true, 2),
            new Block(3, 200, 80, 0, true, 1),
            new Block(3, 184, 80, 0, true, 1),
            new Block(3, 184, 80, 0, true, 1),
            new Block(3, 480, 112, 120, true, 1),
            new Block(3, 672, 112, 168, true, 1),
            new Block(5, 672, 160, 168, true, 2),
            new Block(5, 960, 160, 240, true, 1),
            new Block(5, 960, 160, 240, true, 1));
    Node x = hardSwish(norm(conv(image(32, 28), 16, 3, 2)));
    int in = 16;
    for (Block block : blocks) {
      UnaryOperator<Node> activation = block.hard ? this::hardSwish : this::relu;
      x = bottleneck(x, in, block, activation, this::relu, this::hardSigmoid);
      in = block.out;
    }
    x = hardSwish(norm(conv(x, 960, 1, 1)));
    Node pooled = x.apply(v -> graph().mean(v, true, 2, 3));
    biased(hardSwish(biased(pooled, 1280)), 1000).output();
  }

  /**
   * 49 batch normalizations, each behind a convolution. Tan and Le, "EfficientNet", table 1; the
   * gates of a block squeeze to a quarter of the channels that the block reads.
   */
  void efficientNetB0() {
    int[][] stages = {
      {1, 3, 16, 1, 1},
      {6, 3, 24, 2, 2},
      {6, 5, 40, 2, 2},
      {6, 3, 80, 3, 2},
      {6, 5, 112, 3, 1},
      {6, 5, 192, 4, 2},
      {6, 3, 320, 1, 1}
    };
    Node x = swish(norm(conv(image(32, 28), 32, 3, 2)));
    int in = 32;
    for (int[] stage : stages) {
      for (int i = 0; i < stage[3]; i++) {
        int stride = i == 0 ? stage[4] : 1;
        Block block = new Block(stage[1], in * stage[0], stage[2], in / 4, false, stride);
        x = bottleneck(x, in, block, this::swish, this::swish, Node::sigmoid);
        in = stage[2];
      }
    }
    classify(swish(norm(conv(x, 1280, 1, 1))));
  }

  /**
   * ShuffleNet-V2 1.0×: 56 batch normalizations, each behind a convolution. Ma et al., "ShuffleNet
   * V2", figure 3 and table 5.
   */
  void shuffleNetV2() {
    Node x = normRelu(conv(image(32, 32), 24, 3, 2)).maxPool(3, 2, 1);
    int[] repeats = {4, 8, 4};
    int size = 8;
    for (int stage = 0; stage < repeats.length; stage++) {
      int half = 58 << stage;
      size /= 2;
      for (int unit = 0; unit < repeats[stage]; unit++) {
        x = shuffle(unit == 0 ? downsampled(x, half) : splitUnit(x, half), size);
      }
    }
    classify(normRelu(conv(x, 1024, 1, 1)));
  }

  private Node downsampled(Node x, int half) {
    Node left = normRelu(conv(norm(depthwise(x, 3, 2)), half, 1, 1));
    return left.concat(shuffleBranch(x, half, 2));
  }

  private Node splitUnit(Node x, int half) {
    SDVariable[] parts = graph().split(x.variable(), 2, 1);
    Node left = x.apply(x.channels() / 2, v -> parts[0]);
    Node right = x.apply(x.channels() / 2, v -> parts[1]);
    return left.concat(shuffleBranch(right, half, 1));
  }

  private Node shuffleBranch(Node x, int half, int stride) {
    Node y = normRelu(conv(x, half, 1, 1));
    return normRelu(conv(norm(depthwise(y, 3, stride)), half, 1, 1));
  }

  /** Reshape, transpose, reshape, with two groups. */
  private Node shuffle(Node x, int size) {
    int half = x.channels() / 2;
    return x.apply(v -> v.reshape(-1, 2, half, size, size))
        .apply(v -> v.permute(0, 2, 1, 3, 4))
        .apply(v -> v.reshape(-1, 2 * half, size, size));
  }
}
