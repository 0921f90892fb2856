package io.github.dl4jbnfold.examples.benchmark.network;

import io.github.dl4jbnfold.examples.benchmark.network.Layers.Image;
import io.github.dl4jbnfold.examples.benchmark.network.Layers.Window;

/**
 * DenseNet-121: 121 batch normalizations, 59 of them right behind a convolution; a tensor is read
 * by those of all later layers of its block. Huang et al., "Densely Connected Convolutional
 * Networks", table 1.
 */
final class DenseNet121 {
  private static final int[] LAYERS = {6, 12, 24, 16};
  private static final int GROWTH = 32;

  private DenseNet121() {}

  static void build(Layers layers, int size) {
    Image x = layers.conv(layers.image(size), 2 * GROWTH, new Window(7, 2, 3));
    x = layers.maxPool(layers.normRelu(x), new Window(3, 2, 1));
    for (int block = 0; block < LAYERS.length; block++) {
      for (int layer = 0; layer < LAYERS[block]; layer++) {
        Image narrow = layers.conv(layers.normRelu(x), 4 * GROWTH, Window.same(1));
        x = layers.concat(x, layers.conv(layers.normRelu(narrow), GROWTH, Window.same(3)));
      }
      if (block < LAYERS.length - 1) {
        Image half = layers.conv(layers.normRelu(x), x.channels() / 2, Window.same(1));
        x = layers.averagePool(half, new Window(2, 2, 0));
      }
    }
    layers.classify(layers.normRelu(x));
  }
}
