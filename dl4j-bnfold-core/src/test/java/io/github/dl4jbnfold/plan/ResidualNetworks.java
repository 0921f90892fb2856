package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;

/** Networks of sums: residual networks before and after activation, RepVGG. */
final class ResidualNetworks extends NetworkParts {
  private static final int[] BLOCKS = {3, 4, 6, 3};

  ResidualNetworks(Plot plot) {
    super(plot);
  }

  /** 53 batch normalizations, each behind a convolution. */
  void resNet50() {
    Node x = normRelu(conv(image(32, 32), 64, 7, 2)).maxPool(3, 2, 1);
    for (int stage = 0; stage < 4; stage++) {
      int inner = 64 << stage;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Node y = normRelu(conv(x, inner, 1, 1));
        y = norm(conv(normRelu(conv(y, inner, 3, stride)), 4 * inner, 1, 1));
        Node shortcut = block == 0 ? norm(conv(x, 4 * inner, 1, stride)) : x;
        x = y.add(shortcut).relu();
      }
    }
    classify(x);
  }

  /**
   * 49 batch normalizations; the last block of a stage has the stride, and a max pool as shortcut.
   *
   * @param explicitPad as Keras writes it: the zeros of the first pool are an operator
   */
  void resNet50V2(boolean explicitPad) {
    Node x = convTo(image(32, 32), width(64), 7, 7, 2, Padding.SAME, true);
    x = explicitPad ? zeroPad(x, 1, 1).maxPool(3, 2, 0) : x.maxPool(3, 2, 1);
    for (int stage = 0; stage < 4; stage++) {
      int inner = 64 << stage;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        int stride = stage < 3 && block == BLOCKS[stage] - 1 ? 2 : 1;
        Node active = normRelu(x);
        Node shortcut =
            block == 0 ? biased(active, 4 * inner) : stride > 1 ? x.maxPool(1, stride, 0) : x;
        Node y = normRelu(conv(active, inner, 1, 1));
        y = normRelu(conv(zeroPad(y, 1, 1), inner, 3, 3, stride, Padding.VALID));
        x = biased(y, 4 * inner).add(shortcut);
      }
    }
    classify(normRelu(x));
  }

  /** ResNet-18 with pre-activation: 17 batch normalizations. */
  void preActivationResNet18() {
    preActivation(64, 64, 4, 2);
  }

  /** WRN-28-10: 25 batch normalizations. */
  void wideResNet28() {
    preActivation(16, 160, 3, 4);
  }

  private void preActivation(int stem, int first, int stages, int blocksPerStage) {
    Node x = conv(image(16, 14), stem, 3, 1);
    for (int stage = 0; stage < stages; stage++) {
      int channels = first << stage;
      for (int block = 0; block < blocksPerStage; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Node active = normRelu(x);
        Node y = conv(normRelu(conv(active, channels, 3, stride)), channels, 3, 1);
        x = y.add(block == 0 ? conv(active, channels, 1, stride) : x);
      }
    }
    classify(normRelu(x));
  }

  /** Eight blocks whose sum is normalized: 2 batch normalizations a block and one. */
  void normAfterAdd() {
    Node x = normRelu(conv(image(9, 8), 64, 3, 1));
    for (int block = 0; block < 8; block++) {
      Node y = conv(normRelu(conv(x, 64, 3, 1)), 64, 3, 1);
      x = normRelu(x.add(y));
    }
    classify(x);
  }

  /**
   * Ten blocks of RepVGG as it is trained: 3×3, 1×1 and identity branch, each with its own
   * normalization.
   */
  void repVgg() {
    Node x = normRelu(conv(image(9, 8), 64, 3, 1));
    for (int block = 0; block < 10; block++) {
      Node three = norm(conv(x, 64, 3, 1));
      Node one = norm(conv(x, 64, 1, 1));
      x = three.add(one).add(norm(x)).relu();
    }
    classify(x);
  }
}
