package io.github.dl4jbnfold.examples.benchmark.network;

import io.github.dl4jbnfold.examples.benchmark.network.Layers.Image;
import io.github.dl4jbnfold.examples.benchmark.network.Layers.Window;

/**
 * MobileNet-V2: 52 batch normalizations, each behind a convolution. Sandler et al., "MobileNetV2:
 * Inverted Residuals and Linear Bottlenecks", table 2.
 */
final class MobileNetV2 {
  /** Expansion, channels, blocks, stride of the first block. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private MobileNetV2() {}

  static void build(Layers layers, int size) {
    Image x = layers.conv(layers.image(size), 32, new Window(3, 2, 1));
    x = layers.relu6(layers.norm(x));
    for (int[] stage : STAGES) {
      for (int block = 0; block < stage[2]; block++) {
        x = bottleneck(layers, x, stage[0], stage[1], block == 0 ? stage[3] : 1);
      }
    }
    x = layers.relu6(layers.norm(layers.conv(x, 1280, Window.same(1))));
    layers.classify(x);
  }

  private static Image bottleneck(Layers layers, Image x, int expansion, int out, int stride) {
    Image y = x;
    if (expansion > 1) {
      y = layers.conv(x, expansion * x.channels(), Window.same(1));
      y = layers.relu6(layers.norm(y));
    }
    y = layers.relu6(layers.norm(layers.depthwise(y, new Window(3, stride, 1))));
    y = layers.norm(layers.conv(y, out, Window.same(1)));
    return stride == 1 && out == x.channels() ? layers.add(x, y) : y;
  }
}
