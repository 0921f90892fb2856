package io.github.dl4jbnfold.layers;

import io.github.dl4jbnfold.fixture.RandomParameters;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Gates and small networks with one gate, layer 1 of three. */
final class Gates {
  /** One slope and one shift per channel of four. */
  static final double[] SLOPE = {0.5, -0.3, 0, 1.2};

  static final double[] SHIFT = {0.1, 0, -0.4, 0.7};

  private Gates() {}

  /** A gate that gradient checks accept. */
  static GateLayer.Builder gate(double alpha) {
    return new GateLayer.Builder().start(alpha).updater(new Sgd(1.0));
  }

  /** Every activation that a gate takes, ReLU with all its fields. */
  static List<IActivation> activations() {
    return List.of(
        new ActivationReLU(),
        new ActivationReLU(null, null, 0.2),
        new ActivationReLU(1.5, null, null),
        new ActivationReLU(1.5, null, 0.2),
        new ActivationReLU(-0.3, null, 0.2),
        new ActivationReLU(null, 0.5, null),
        new ActivationReLU(null, 0.5, 0.2),
        new ActivationReLU(1.5, 0.5, 0.2),
        new ActivationLReLU(0.3),
        new ActivationThresholdedReLU(0.4),
        new ActivationELU(1),
        new ActivationELU(0.7),
        new ActivationGELU(false),
        new ActivationGELU(true),
        Activation.CUBE.getActivationFunction(),
        Activation.HARDSIGMOID.getActivationFunction(),
        Activation.HARDTANH.getActivationFunction(),
        Activation.IDENTITY.getActivationFunction(),
        Activation.MISH.getActivationFunction(),
        Activation.RATIONALTANH.getActivationFunction(),
        Activation.RECTIFIEDTANH.getActivationFunction(),
        Activation.RELU6.getActivationFunction(),
        Activation.SELU.getActivationFunction(),
        Activation.SIGMOID.getActivationFunction(),
        Activation.SOFTPLUS.getActivationFunction(),
        Activation.SOFTSIGN.getActivationFunction(),
        Activation.SWISH.getActivationFunction(),
        Activation.TANH.getActivationFunction());
  }

  static NeuralNetConfiguration.Builder double64() {
    return new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Sgd(1.0));
  }

  /** Vectors of three, a layer of vectors of four between two dense layers, two outputs. */
  static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder, Layer layer) {
    MultiLayerConfiguration configuration =
        builder
            .list(
                new DenseLayer.Builder().nIn(3).nOut(4).activation(Activation.IDENTITY).build(),
                layer,
                new OutputLayer.Builder(LossFunction.MSE)
                    .nIn(4)
                    .nOut(2)
                    .activation(Activation.IDENTITY)
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    for (int dense : new int[] {0, 2}) {
      // Those of a network with a gate are those of the network without.
      MultiLayerNetwork random = alone(network.getLayer(dense).conf().getLayer(), builder);
      network.getLayer(dense).setParams(random.params());
    }
    return network;
  }

  private static MultiLayerNetwork alone(Layer layer, NeuralNetConfiguration.Builder builder) {
    MultiLayerNetwork network = new MultiLayerNetwork(builder.list(layer.clone()).build());
    network.init();
    return RandomParameters.in(network, 11);
  }

  static INDArray vectors(DataType type) {
    Nd4j.getRandom().setSeed(7);
    return Nd4j.randn(DataType.DOUBLE, 20, 3).muli(2).castTo(type);
  }

  static INDArray labels(DataType type) {
    Nd4j.getRandom().setSeed(8);
    return Nd4j.randn(DataType.DOUBLE, 20, 2).castTo(type);
  }

  static double alpha(MultiLayerNetwork network) {
    return GateLayer.alpha(network.getLayer(1));
  }

  static void setAlpha(MultiLayerNetwork network, double alpha) {
    network.getLayer(1).getParam(GateLayer.ALPHA).assign(alpha);
  }

  /** The loss of a batch of {@link #vectors} with the penalties. */
  static double loss(MultiLayerNetwork network, double alpha) {
    double before = alpha(network);
    setAlpha(network, alpha);
    double score =
        network.score(new DataSet(vectors(DataType.DOUBLE), labels(DataType.DOUBLE)), true);
    setAlpha(network, before);
    return score;
  }

  /** What a step with a learning rate of 1 takes from α before it is bounded. */
  static double step(MultiLayerNetwork network) {
    network.setInput(vectors(DataType.DOUBLE));
    network.setLabels(labels(DataType.DOUBLE));
    network.computeGradientAndScore();
    Gradient gradient = network.gradient();
    network.getUpdater().update(network, gradient, 0, 0, 20, LayerWorkspaceMgr.noWorkspaces());
    return gradient.gradientForVariable().get("1_alpha").getDouble(0);
  }
}
