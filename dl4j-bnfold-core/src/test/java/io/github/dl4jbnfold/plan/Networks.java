package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The networks of theory, section 7: at their depth and with their wiring, but with few channels
 * and small images, because the rule does not depend on these.
 */
final class Networks {
  private final Net net;
  private final Gamma gamma;

  Networks(Net net, Gamma gamma) {
    this.net = net;
    this.gamma = gamma;
  }

  private Node norm(Node x) {
    return x.batchNorm(gamma);
  }

  private Node normRelu(Node x) {
    return norm(x).relu();
  }

  private static Node conv(Node x, int out, int k, int stride) {
    return x.conv(out, k, k == 1 ? Padding.VALID : Padding.SAME, stride, 1, false);
  }

  private static void classify(Node x) {
    x.globalPool().dense(5).output();
  }

  private Node zeroPad(Node x) {
    int[][] widths = {{0, 0}, {0, 0}, {1, 1}, {1, 1}};
    return x.apply(v -> net.graph().nn().pad(v, constant(widths), 0));
  }

  private org.nd4j.autodiff.samediff.SDVariable constant(int[][] values) {
    return net.graph().constant(Nd4j.createFromArray(values));
  }

  private Node gelu(Node x) {
    return x.apply(v -> net.graph().nn().gelu(v));
  }

  /** 53 batch normalizations, each behind a convolution. */
  void resNet50() {
    Node x = normRelu(conv(net.image(3, 32, 32), 4, 7, 2)).maxPool(3, 2, 1);
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < 4; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Node y = normRelu(conv(x, 2, 1, 1));
        y = norm(conv(normRelu(conv(y, 2, 3, stride)), 4, 1, 1));
        Node shortcut = block == 0 ? norm(conv(x, 4, 1, stride)) : x;
        x = y.add(shortcut).relu();
      }
    }
    classify(x);
  }

  /** 52 batch normalizations, each behind a convolution. */
  void mobileNetV2() {
    Node x = norm(conv(net.image(3, 24, 20), 4, 3, 2)).relu6();
    int[] repeats = {1, 2, 3, 4, 3, 3, 1};
    for (int stage = 0; stage < repeats.length; stage++) {
      for (int block = 0; block < repeats[stage]; block++) {
        Node y = stage == 0 ? x : norm(conv(x, 6, 1, 1)).relu6();
        y = norm(y.depthwise(1, 3, Padding.SAME)).relu6();
        y = norm(conv(y, 3, 1, 1));
        x = block == 0 ? y : y.add(x);
      }
    }
    classify(norm(conv(x, 6, 1, 1)).relu6());
  }

  /**
   * 49 batch normalizations; the last block of a stage has the stride, and a max pool as shortcut.
   *
   * @param explicitPad as Keras writes it: the zeros of the first pool are an operator
   */
  void resNet50V2(boolean explicitPad) {
    Node x = net.image(3, 32, 32).conv(4, 7, Padding.SAME, 2, 1, true);
    x = explicitPad ? zeroPad(x).maxPool(3, 2, 0) : x.maxPool(3, 2, 1);
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < 4; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage < 3 && block == blocks[stage] - 1 ? 2 : 1;
        Node active = normRelu(x);
        Node shortcut =
            block == 0
                ? active.conv(4, 1, Padding.VALID, 1, 1, true)
                : stride > 1 ? x.maxPool(1, stride, 0) : x;
        Node y = normRelu(conv(active, 2, 1, 1));
        y = normRelu(zeroPad(y).conv(2, 3, Padding.VALID, stride, 1, false));
        x = y.conv(4, 1, Padding.VALID, 1, 1, true).add(shortcut);
      }
    }
    classify(normRelu(x));
  }

  /** Pre-activation residual networks of basic blocks; 2 batch normalizations a block and one. */
  void preActivation(int stages, int blocksPerStage) {
    Node x = conv(net.image(3, 16, 14), 4, 3, 1);
    for (int stage = 0; stage < stages; stage++) {
      for (int block = 0; block < blocksPerStage; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Node active = normRelu(x);
        Node y = conv(normRelu(conv(active, 4, 3, stride)), 4, 3, 1);
        x = y.add(block == 0 ? conv(active, 4, 1, stride) : x);
      }
    }
    classify(normRelu(x));
  }

  /** Blocks whose sum is normalized: 2 batch normalizations a block and one. */
  void normAfterAdd(int blocks) {
    Node x = normRelu(conv(net.image(3, 9, 8), 4, 3, 1));
    for (int block = 0; block < blocks; block++) {
      Node y = conv(normRelu(conv(x, 4, 3, 1)), 4, 3, 1);
      x = normRelu(x.add(y));
    }
    classify(x);
  }

  /** RepVGG as it is trained: 3×3, 1×1 and identity branch, each with its own normalization. */
  void repVgg(int blocks) {
    Node x = normRelu(conv(net.image(3, 9, 8), 4, 3, 1));
    for (int block = 0; block < blocks; block++) {
      Node three = norm(conv(x, 4, 3, 1));
      Node one = norm(conv(x, 4, 1, 1));
      x = three.add(one).add(norm(x)).relu();
    }
    classify(x);
  }

  /** 121 batch normalizations; a tensor is read by the normalizations of all later layers. */
  void denseNet121() {
    Node x = normRelu(conv(net.image(3, 32, 32), 4, 7, 2)).maxPool(3, 2, 1);
    int[] layers = {6, 12, 24, 16};
    int channels = 4;
    for (int block = 0; block < 4; block++) {
      for (int layer = 0; layer < layers[block]; layer++) {
        Node y = conv(normRelu(conv(normRelu(x), 4, 1, 1)), 2, 3, 1);
        x = x.concat(y);
        channels += 2;
      }
      if (block < 3) {
        channels /= 2;
        x = conv(normRelu(x), channels, 1, 1).avgPool(2, 2, 0);
      }
    }
    classify(normRelu(x));
  }

  /** Convolution with zero padding, ReLU, batch normalization, again and again. */
  void normBehindRelu(int times) {
    Node x = net.image(3, 9, 8);
    for (int i = 0; i < times; i++) {
      x = norm(conv(x, 4, 3, 1).relu());
    }
    classify(x);
  }

  /** Branches of batch normalization, ReLU and convolution that read the same convolution. */
  void branchesOfOneConvolution(int branches) {
    Node x = conv(net.image(3, 9, 8), 4, 3, 1);
    for (int i = 0; i < branches; i++) {
      conv(normRelu(x), 4, 3, 1).output();
    }
  }

  /** ConvMixer: a wall stands before every one of the 17 batch normalizations. */
  void convMixer(int depth) {
    Node x = norm(gelu(conv(net.image(3, 16, 14), 4, 2, 2)));
    for (int i = 0; i < depth; i++) {
      Node mixed = x.add(norm(gelu(x.depthwise(1, 5, Padding.SAME))));
      x = norm(gelu(conv(mixed, 4, 1, 1)));
    }
    classify(x);
  }
}
