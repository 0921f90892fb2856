package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;

/** Networks whose normalizations stand before or beside their convolutions, not behind. */
final class DenseNetworks extends NetworkParts {
  DenseNetworks(Plot plot) {
    super(plot);
  }

  /** 121 batch normalizations; a tensor is read by the normalizations of all later layers. */
  void denseNet121() {
    Node x = normRelu(conv(image(32, 32), 64, 7, 2)).maxPool(3, 2, 1);
    int[] layers = {6, 12, 24, 16};
    for (int block = 0; block < 4; block++) {
      for (int layer = 0; layer < layers[block]; layer++) {
        Node y = conv(normRelu(conv(normRelu(x), 128, 1, 1)), 32, 3, 1);
        x = x.concat(y);
      }
      if (block < 3) {
        int half = x.channels() / 2;
        x = convTo(normRelu(x), half, 1, 1, 1, Padding.VALID, false).avgPool(2, 2, 0);
      }
    }
    classify(normRelu(x));
  }

  /** Convolution with zero padding, ReLU, batch normalization, eight times. */
  void normBehindRelu() {
    Node x = image(9, 8);
    for (int i = 0; i < 8; i++) {
      x = norm(conv(x, 64, 3, 1).relu());
    }
    classify(x);
  }

  /** Four branches of batch normalization, ReLU and convolution that read the same convolution. */
  void branchesOfOneConvolution() {
    Node x = conv(image(9, 8), 64, 3, 1);
    for (int i = 0; i < 4; i++) {
      conv(normRelu(x), 64, 3, 1).output();
    }
  }

  /** ConvMixer-256/8: a wall stands before every one of the 17 batch normalizations. */
  void convMixer8() {
    Node x = norm(gelu(conv(image(16, 14), 256, 2, 2)));
    for (int i = 0; i < 8; i++) {
      Node mixed = x.add(norm(gelu(depthwise(x, 5, 1))));
      x = norm(gelu(conv(mixed, 256, 1, 1)));
    }
    classify(x);
  }

  private Node gelu(Node x) {
    return x.apply(v -> graph().nn().gelu(v));
  }
}
