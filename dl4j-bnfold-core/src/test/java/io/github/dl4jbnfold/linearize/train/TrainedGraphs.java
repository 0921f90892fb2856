package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Small SameDiff graphs for the data of {@link Trained}, with random parameters. */
final class TrainedGraphs {
  static final String OUTPUT = "probabilities";
  static final GraphFoldingOptions OPTIONS = GraphFoldingOptions.defaults().outputs(OUTPUT);

  private final SameDiff graph = SameDiff.create();
  private final Random random;
  private final DataType type;

  private TrainedGraphs(long seed, DataType type) {
    random = new Random(seed);
    this.type = type;
  }

  private INDArray gaussian(double scale, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, scale * random.nextGaussian());
    }
    return array.castTo(type);
  }

  private SDVariable dense(SDVariable in, String name, int inputs, int outputs) {
    SDVariable weights = graph.var(name + "_W", gaussian(Math.sqrt(2.0 / inputs), inputs, outputs));
    return in.mmul(weights).add(name, graph.var(name + "_b", gaussian(0.1, outputs)));
  }

  private SDVariable convolution(SDVariable in, String name, int inputs, int outputs) {
    INDArray weights = gaussian(Math.sqrt(2.0 / (9 * inputs)), 3, 3, inputs, outputs);
    return graph
        .cnn()
        .conv2d(
            name,
            in,
            graph.var(name + "_W", weights),
            graph.var(name + "_b", gaussian(0.1, outputs)),
            Conv2DConfig.builder().kH(3).kW(3).pH(1).pW(1).dataFormat("NCHW").build());
  }

  private SDVariable norm(SDVariable in, String name, int channels) {
    return graph
        .nn()
        .batchNorm(
            name,
            in,
            graph.constant(name + "_mean", gaussian(0.2, channels)),
            graph.constant(name + "_var", gaussian(1, channels).muli(0.1).addi(1)),
            graph.constant(name + "_gamma", gaussian(0.1, channels).addi(1)),
            graph.constant(name + "_beta", gaussian(0.1, channels)),
            1e-5,
            1);
  }

  private SameDiff trained(SDVariable logits, TrainingConfig.Builder training) {
    graph.nn().softmax(OUTPUT, logits, 1);
    SDVariable label = graph.placeHolder("label", type, -1, Trained.CLASSES);
    graph.loss().softmaxCrossEntropy("loss", label, logits, null);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        training.dataSetFeatureMapping("in").dataSetLabelMapping("label").build());
    return graph;
  }

  static TrainingConfig.Builder by(IUpdater updater) {
    return new TrainingConfig.Builder().updater(updater);
  }

  /** Three dense layers with ReLU "a0" and "a1", for {@link Trained#clouds}. */
  static SameDiff mlp(DataType type, TrainingConfig.Builder training) {
    TrainedGraphs net = new TrainedGraphs(3, type);
    SDVariable in = net.graph.placeHolder("in", type, -1, 5);
    SDVariable first = net.graph.nn().relu("a0", net.dense(in, "d0", 5, 8), 0);
    SDVariable second = net.graph.nn().relu("a1", net.dense(first, "d1", 8, 8), 0);
    return net.trained(net.dense(second, "d2", 8, Trained.CLASSES), training);
  }

  static SameDiff mlp(IUpdater updater) {
    return mlp(DataType.FLOAT, by(updater));
  }

  /** Two convolutions, each with a batch normalization and ReLU, for {@link Trained#lines}. */
  static SameDiff convolutional(IUpdater updater) {
    TrainedGraphs net = new TrainedGraphs(4, DataType.FLOAT);
    SDVariable in = net.graph.placeHolder("in", DataType.FLOAT, -1, 1, 6, 6);
    SDVariable first = net.norm(net.convolution(in, "c0", 1, 3), "n0", 3);
    SDVariable one = net.graph.nn().relu("a0", first, 0);
    SDVariable second = net.norm(net.convolution(one, "c1", 3, 2), "n1", 2);
    SDVariable flat = net.graph.nn().relu("a1", second, 0).reshape(-1, 72);
    return net.trained(net.dense(flat, "d2", 72, Trained.CLASSES), by(updater));
  }

  static GraphTrainee trainee(SameDiff graph) {
    return GraphTrainee.of(graph, List.of(OUTPUT));
  }

  static INDArray parameters(SameDiff graph) {
    return trainee(graph).parameters();
  }
}
