package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/** Networks of layers with names, before and after a fold. */
final class NamedLayers {
  private NamedLayers() {}

  static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Adam(1e-3));
  }

  static ConvolutionLayer conv(String name) {
    return new ConvolutionLayer.Builder(3, 3)
        .name(name)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .build();
  }

  static DenseLayer dense(String name, int outputs) {
    return new DenseLayer.Builder()
        .name(name)
        .nOut(outputs)
        .activation(Activation.IDENTITY)
        .build();
  }

  static BatchNormalization norm(String name) {
    return new BatchNormalization.Builder().name(name).build();
  }

  static ActivationLayer relu(String name) {
    return new ActivationLayer.Builder().name(name).activation(Activation.RELU).build();
  }

  static OutputLayer output(String name) {
    return new OutputLayer.Builder().name(name).nOut(3).activation(Activation.SOFTMAX).build();
  }

  static MultiLayerNetwork list(InputType input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  static ComputationGraph graph(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return RandomParameters.in(network, 7);
  }

  static NetworkFold fold(Model network) {
    return NetworkFold.of(network, FoldingOptions.defaults());
  }

  static MultiLayerNetwork listOf(NetworkFold fold) {
    return (MultiLayerNetwork) fold.after();
  }

  static ComputationGraph graphOf(NetworkFold fold) {
    return (ComputationGraph) fold.after();
  }
}
