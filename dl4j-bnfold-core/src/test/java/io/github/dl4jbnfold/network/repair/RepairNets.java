package io.github.dl4jbnfold.network.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/** Networks in float64 for the repairs, and what each must bear. */
final class RepairNets {
  static final FoldingOptions FREE = FoldingOptions.defaults().portable(false);

  private RepairNets() {}

  static NeuralNetConfiguration.Builder base() {
    return new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Adam(1e-4));
  }

  /** A network of layers. */
  static MultiLayerConfiguration list(InputType input, Layer... layers) {
    return base().list(layers).setInputType(input).build();
  }

  static ConvolutionLayer.Builder conv(int kernel, int channels) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .nOut(channels)
        .activation(Activation.IDENTITY)
        .hasBias(false);
  }

  static ConvolutionLayer.Builder padded(int channels) {
    return conv(3, channels).convolutionMode(ConvolutionMode.Same);
  }

  /** A graph of layers that read each other one by one, named as given. */
  static GraphBuilder graph(InputType input) {
    return base().graphBuilder().addInputs("in").setInputTypes(input);
  }

  static ComputationGraphConfiguration outputs(GraphBuilder graph, String... names) {
    return graph.setOutputs(names).build();
  }

  /** The classes of the layers of a network, in order. */
  static List<String> layers(Model network) {
    List<String> names = new ArrayList<>();
    org.deeplearning4j.nn.api.Layer[] layers =
        network instanceof ComputationGraph graph
            ? graph.getLayers()
            : ((MultiLayerNetwork) network).getLayers();
    Arrays.stream(layers)
        .forEach(layer -> names.add(layer.conf().getLayer().getClass().getSimpleName()));
    return names;
  }

  /** Saved and loaded, the network is the same, and a second fold finds nothing. */
  static void settles(NetworkFold fold, FoldingOptions options) {
    Model loaded = reloaded(fold.after());
    assertThat(loaded.params()).isEqualTo(fold.after().params());
    NetworkFold again = NetworkFold.of(loaded, options);
    assertThat(again.report().removed()).as("removed by a second fold").isEmpty();
    assertThat(again.report().layers()).isEqualTo(fold.report().layers());
    assertThat(layers(again.after())).isEqualTo(layers(fold.after()));
  }

  static Model reloaded(Model network) {
    try {
      File file = Files.createTempFile("network", ".zip").toFile();
      ModelSerializer.writeModel(network, file, true);
      Model loaded =
          network instanceof ComputationGraph
              ? ModelSerializer.restoreComputationGraph(file, true)
              : ModelSerializer.restoreMultiLayerNetwork(file, true);
      Files.delete(file.toPath());
      return loaded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
