package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.GateLayer;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** Puts gates in the place of activations and takes them away, and merges nothing. */
final class MlpGates {
  private MlpGates() {}

  /** A network with a gate in the place of each activation. */
  static MultiLayerNetwork gated(MultiLayerNetwork network) {
    return replaced(network, true, List.of());
  }

  /** A network with ReLU, or nothing, in the place of each gate. */
  static MultiLayerNetwork ungated(MultiLayerNetwork network, Collection<String> linear) {
    return replaced(network, false, linear);
  }

  static MultiLayerNetwork replaced(
      MultiLayerNetwork network, boolean gates, Collection<String> linear) {
    MultiLayerConfiguration configuration = network.getLayerWiseConfigurations().clone();
    for (NeuralNetConfiguration layer : configuration.getConfs()) {
      String name = layer.getLayer().getLayerName();
      if (layer.getLayer() instanceof ActivationLayer && gates) {
        Layer gate = new GateLayer.Builder().updater(new Sgd(0.1)).build();
        gate.setLayerName(name);
        layer.setLayer(gate);
        layer.clearVariables();
      } else if (layer.getLayer() instanceof GateLayer) {
        Activation left = linear.contains(name) ? Activation.IDENTITY : Activation.RELU;
        layer.setLayer(new ActivationLayer.Builder().activation(left).name(name).build());
        layer.clearVariables();
      }
    }
    MultiLayerNetwork other = new MultiLayerNetwork(configuration);
    other.init();
    for (int i = 0; i < network.getnLayers(); i++) {
      INDArray parameters = network.getLayer(i).params();
      if (parameters != null && other.getLayer(i).numParams() == parameters.length()) {
        other.getLayer(i).setParams(parameters);
      }
    }
    return other;
  }
}
