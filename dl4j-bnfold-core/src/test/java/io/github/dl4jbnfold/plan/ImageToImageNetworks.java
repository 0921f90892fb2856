package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Networks that answer for positions: they go down to small images and up again. */
final class ImageToImageNetworks extends NetworkParts {
  private static final double SLOPE = 0.1;

  ImageToImageNetworks(Plot plot) {
    super(plot);
  }

  /**
   * UNet with a normalization behind each convolution but the last, transposed ones included: 22.
   * Ronneberger et al., "U-Net", figure 1, padded to SAME.
   */
  void uNet() {
    Deque<Node> skipped = new ArrayDeque<>();
    Node x = image(32, 48);
    for (int channels = 64; channels < 1024; channels *= 2) {
      skipped.push(twice(x, channels));
      x = skipped.element().maxPool(2, 2, 0);
    }
    x = twice(x, 1024);
    for (int channels = 512; channels >= 64; channels /= 2) {
      Node up = normRelu(x.deconv(width(channels), 2, 2));
      x = twice(skipped.pop().concat(up), channels);
    }
    biased(x, 2).output();
  }

  private Node twice(Node x, int channels) {
    return normRelu(conv(normRelu(conv(x, channels, 3, 1)), channels, 3, 1));
  }

  /**
   * YOLOv3: 52 batch normalizations in the body, Darknet-53, and 20 in the heads, each behind a
   * convolution. Three outputs of convolutions without one. Redmon and Farhadi, "YOLOv3", table 1.
   */
  void yoloV3() {
    int[] blocks = {1, 2, 8, 8, 4};
    List<Node> stages = new ArrayList<>();
    Node x = leaky(image(32, 32), 32, 3, 1);
    for (int stage = 0; stage < blocks.length; stage++) {
      int channels = 64 << stage;
      x = leaky(x, channels, 3, 2);
      for (int block = 0; block < blocks[stage]; block++) {
        x = x.add(leaky(leaky(x, channels / 2, 1, 1), channels, 3, 1));
      }
      stages.add(x);
    }
    x = head(x, 512);
    x = head(up(x, 256).concat(stages.get(3)), 256);
    head(up(x, 128).concat(stages.get(2)), 128);
  }

  private Node leaky(Node x, int channels, int k, int stride) {
    return norm(conv(x, channels, k, stride)).leakyRelu(SLOPE);
  }

  /** Five convolutions, and an output of two more; what the next head reads. */
  private Node head(Node x, int channels) {
    Node y = x;
    for (int i = 0; i < 2; i++) {
      y = leaky(leaky(y, channels, 1, 1), 2 * channels, 3, 1);
    }
    y = leaky(y, channels, 1, 1);
    biased(leaky(y, 2 * channels, 3, 1), 255).output();
    return y;
  }

  private Node up(Node x, int channels) {
    return leaky(x, channels, 1, 1).apply(v -> graph().cnn().upsampling2d(v, 2, 2, true));
  }
}
