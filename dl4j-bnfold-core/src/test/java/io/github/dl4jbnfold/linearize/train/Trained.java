package io.github.dl4jbnfold.linearize.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and data to train them on. */
final class Trained {
  static final int CLASSES = 3;

  private Trained() {}

  /** Three Gaussian clouds in five dimensions. */
  static DataSet clouds(int examples, long seed) {
    Random random = new Random(seed);
    double[][] features = new double[examples][5];
    double[][] labels = new double[examples][CLASSES];
    for (int i = 0; i < examples; i++) {
      int type = random.nextInt(CLASSES);
      for (int k = 0; k < 5; k++) {
        features[i][k] = random.nextGaussian() + (k == type ? 2 : 0);
      }
      labels[i][type] = 1;
    }
    return new DataSet(single(features), single(labels));
  }

  /** Images of 1×6×6 with a bright horizontal or vertical line, or none. */
  static DataSet lines(int examples, long seed) {
    Random random = new Random(seed);
    double[][] features = new double[examples][36];
    double[][] labels = new double[examples][CLASSES];
    for (int i = 0; i < examples; i++) {
      int type = random.nextInt(CLASSES);
      int place = random.nextInt(6);
      for (int k = 0; k < 36; k++) {
        boolean bright = (type == 1 && k / 6 == place) || (type == 2 && k % 6 == place);
        features[i][k] = random.nextGaussian() * 0.3 + (bright ? 1 : 0);
      }
      labels[i][type] = 1;
    }
    return new DataSet(single(features).reshape(examples, 1, 6, 6), single(labels));
  }

  /** Spirals with three arms, turned into 16 dimensions by a fixed random matrix. */
  static DataSet spirals(int examples, long seed) {
    Random random = new Random(seed);
    double[][] plane = new double[examples][2];
    double[][] labels = new double[examples][3];
    for (int i = 0; i < examples; i++) {
      int arm = random.nextInt(3);
      double radius = 0.1 + 0.9 * random.nextDouble();
      double angle = 2 * Math.PI * arm / 3 + 4 * radius + 0.05 * random.nextGaussian();
      plane[i] = new double[] {2 * radius * Math.cos(angle), 2 * radius * Math.sin(angle)};
      labels[i][arm] = 1;
    }
    Random fixed = new Random(5);
    double[][] matrix = new double[2][16];
    for (double[] row : matrix) {
      for (int k = 0; k < 16; k++) {
        row[k] = fixed.nextGaussian();
      }
    }
    return new DataSet(single(plane).mmul(single(matrix)), single(labels));
  }

  private static INDArray single(double[][] values) {
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT);
  }

  static Supplier<MultiDataSetIterator> batches(DataSet all, int batch) {
    return () -> new MultiDataSetIteratorAdapter(new ShuffledData(all, batch, 1));
  }

  static Validation accuracy(DataSet all) {
    return Validation.accuracy(batches(all, 100));
  }

  private static NeuralNetConfiguration.Builder builder(long seed, IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(seed).updater(updater);
  }

  private static DenseLayer dense(int in, int out) {
    return new DenseLayer.Builder().nIn(in).nOut(out).activation(Activation.IDENTITY).build();
  }

  private static OutputLayer softmax(int in, int out) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(in)
        .nOut(out)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** Dense layers, each with batch normalization and ReLU, and softmax. */
  static MultiLayerNetwork mlp(IUpdater updater, int in, int width, int hidden) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < hidden; i++) {
      layers.add(dense(i == 0 ? in : width, width));
      layers.add(new BatchNormalization.Builder().nOut(width).build());
      layers.add(new ActivationLayer.Builder().activation(Activation.RELU).name("a" + i).build());
    }
    layers.add(softmax(width, CLASSES));
    MultiLayerNetwork network =
        new MultiLayerNetwork(builder(3, updater).list(layers.toArray(Layer[]::new)).build());
    network.init();
    return network;
  }

  /** Two dense layers with dropout between, for {@link #clouds}. */
  static MultiLayerNetwork dropout(IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(3, updater)
                .list(
                    new DenseLayer.Builder().nIn(5).nOut(12).activation(Activation.TANH).build(),
                    new BatchNormalization.Builder().nOut(12).build(),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(12)
                        .nOut(CLASSES)
                        .dropOut(0.7)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  /** A convolutional graph with dropout, for {@link #lines}. */
  static ComputationGraph convolutional(IUpdater updater) {
    ComputationGraph graph =
        new ComputationGraph(
            builder(3, updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(6, 6, 1))
                .addLayer(
                    "conv",
                    new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "in")
                .addLayer("bn", new BatchNormalization.Builder().build(), "conv")
                .addLayer(
                    "relu", new ActivationLayer.Builder().activation(Activation.RELU).build(), "bn")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .dropOut(0.8)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "relu")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }
}
