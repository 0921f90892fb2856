package io.github.dl4jbnfold.examples.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks with two gates, which classify clouds of points, and the ways of their gates. */
public final class GatedNetworks {
  /** The α of both gates before training. */
  public static final double START = 0.1;

  /** How the networks are folded. */
  public static final LayerFoldingOptions OPTIONS =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH).start(START);

  private static final int INPUTS = 5;
  private static final int WIDTH = 8;
  private static final int CLASSES = 3;

  private GatedNetworks() {}

  /** dense → tanh inside → dense → ReLU → softmax, without gates. */
  public static MultiLayerNetwork plainLayers(IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(updater)
                .list(
                    dense(INPUTS, Activation.TANH),
                    dense(WIDTH, Activation.IDENTITY),
                    new ActivationLayer(Activation.RELU),
                    output())
                .build());
    network.init();
    return network;
  }

  /** The same with an addition of what is before and behind the ReLU. */
  public static ComputationGraph plainGraph(IUpdater updater) {
    ComputationGraph network =
        new ComputationGraph(
            builder(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", dense(INPUTS, Activation.TANH), "in")
                .addLayer("second", dense(WIDTH, Activation.IDENTITY), "first")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "second")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first", "relu")
                .addLayer("out", output(), "add")
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  /** Both classes of networks that DL4J trains. */
  enum Kind {
    LAYERS,
    GRAPH;

    /** A network with gates. */
    Model network(IUpdater updater, LayerFoldingOptions options) {
      return this == LAYERS
          ? LayerFolding.prepare(plainLayers(updater), options).network()
          : LayerFolding.prepare(plainGraph(updater), options).network();
    }
  }

  static Map<String, Double> alphas(Model network) {
    return network instanceof ComputationGraph graph
        ? LayerFolding.alphas(graph)
        : LayerFolding.alphas((MultiLayerNetwork) network);
  }

  static void fit(Model network, DataSetIterator data, int epochs) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(data, epochs);
    } else {
      ((MultiLayerNetwork) network).fit(data, epochs);
    }
  }

  /** What is in the file of a network. */
  static Model reloaded(Model network, Path folder) throws IOException {
    File file = Files.createTempFile(folder, "gated", ".zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    return network instanceof ComputationGraph
        ? ComputationGraph.load(file, true)
        : MultiLayerNetwork.load(file, true);
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(3).updater(updater);
  }

  private static DenseLayer dense(int inputs, Activation activation) {
    return new DenseLayer.Builder().nIn(inputs).nOut(WIDTH).activation(activation).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(WIDTH)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** Batches of 16 points of three Gaussian clouds. */
  public static List<DataSet> batches(int count, long seed) {
    Random random = new Random(seed);
    List<DataSet> batches = new ArrayList<>();
    for (int batch = 0; batch < count; batch++) {
      float[][] points = new float[16][INPUTS];
      float[][] labels = new float[16][CLASSES];
      for (int i = 0; i < points.length; i++) {
        int cloud = random.nextInt(CLASSES);
        labels[i][cloud] = 1;
        for (int k = 0; k < INPUTS; k++) {
          points[i][k] = (float) (random.nextGaussian() + (k == cloud ? 2 : 0));
        }
      }
      batches.add(new DataSet(Nd4j.createFromArray(points), Nd4j.createFromArray(labels)));
    }
    return batches;
  }

  static DataSetIterator data(int count, long seed) {
    return new ListDataSetIterator<>(
        batches(count, seed).stream().flatMap(batch -> batch.asList().stream()).toList(), 16);
  }

  /** Fails unless all gates have moved, and none has left its bounds. */
  public static void assertMoved(Map<String, Double> alphas) {
    assertThat(alphas).hasSize(2);
    assertThat(alphas.values())
        .allSatisfy(
            alpha -> {
              assertThat(alpha).isBetween(0.0, 1.0);
              assertThat(Math.abs(alpha - START)).isGreaterThan(1e-3);
            });
  }
}
