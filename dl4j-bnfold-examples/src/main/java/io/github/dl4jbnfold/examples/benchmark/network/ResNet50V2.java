package io.github.dl4jbnfold.examples.benchmark.network;

import io.github.dl4jbnfold.examples.benchmark.network.Layers.Image;
import io.github.dl4jbnfold.examples.benchmark.network.Layers.Window;

/**
 * ResNet-50-V2 as Keras has it: 49 batch normalizations, before the convolutions; the last block of
 * a stage has the stride, and the zeros of the first pool are an operator. He et al., "Identity
 * Mappings in Deep Residual Networks".
 */
final class ResNet50V2 {
  private static final int[] BLOCKS = {3, 4, 6, 3};

  private final Layers layers;

  private ResNet50V2(Layers layers) {
    this.layers = layers;
  }

  static void build(Layers layers, int size) {
    Image x = layers.convWithBias(layers.image(size), 64, new Window(7, 2, 3));
    x = layers.maxPool(layers.zeroBorder(x), new Window(3, 2, 0));
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      for (int block = 0; block < BLOCKS[stage]; block++) {
        boolean last = block == BLOCKS[stage] - 1;
        int stride = last && stage < BLOCKS.length - 1 ? 2 : 1;
        x = new ResNet50V2(layers).block(x, 64 << stage, stride, block == 0);
      }
    }
    layers.classify(layers.normRelu(x));
  }

  private Image block(Image x, int inner, int stride, boolean widens) {
    Image active = layers.normRelu(x);
    Image shortcut = x;
    if (widens) {
      shortcut = layers.convWithBias(active, 4 * inner, Window.same(1));
    } else if (stride > 1) {
      shortcut = layers.maxPool(x, new Window(1, stride, 0));
    }
    Image y = layers.normRelu(layers.conv(active, inner, Window.same(1)));
    y = layers.conv(layers.zeroBorder(y), inner, new Window(3, stride, 0));
    return layers.add(shortcut, layers.convWithBias(layers.normRelu(y), 4 * inner, Window.same(1)));
  }
}
