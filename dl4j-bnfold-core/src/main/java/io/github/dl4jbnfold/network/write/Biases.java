package io.github.dl4jbnfold.network.write;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;

/** Gives layers a bias. Deeplearning4j has no name for all layers that can have one. */
final class Biases {
  private Biases() {}

  /**
   * Gives a layer a bias.
   *
   * @throws IllegalArgumentException if its class cannot have one
   */
  static void add(Layer layer) {
    if (layer instanceof TimeDistributed wrapper) {
      add(wrapper.getUnderlying());
    } else if (layer instanceof ConvolutionLayer convolution) {
      convolution.setHasBias(true);
    } else if (layer instanceof DenseLayer dense) {
      dense.setHasBias(true);
    } else if (layer instanceof BaseOutputLayer output) {
      output.setHasBias(true);
    } else if (layer instanceof EmbeddingLayer table) {
      table.setHasBias(true);
    } else if (layer instanceof EmbeddingSequenceLayer table) {
      table.setHasBias(true);
    } else if (layer instanceof LocallyConnected1D local) {
      local.setHasBias(true);
    } else if (layer instanceof LocallyConnected2D local) {
      local.setHasBias(true);
    } else {
      throw new IllegalArgumentException(layer.getClass().getSimpleName() + " takes no bias.");
    }
  }
}
