package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** A network each of whose layers is trained in a way of its own, as a list and as a graph. */
final class TrainedLayers {
  private TrainedLayers() {}

  /** Each layer is trained in a way of its own. */
  static List<Layer> layers() {
    return List.of(
        new ConvolutionLayer.Builder(3, 3)
            .name("conv")
            .nOut(4)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .updater(
                new Nesterovs(
                    new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 3),
                    new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5, 2, 0.9))))
            .biasUpdater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 0.01, 0.9)))
            .l1(1e-4)
            .l2Bias(1e-5)
            .gradientNormalization(GradientNormalization.ClipL2PerLayer)
            .gradientNormalizationThreshold(0.7)
            .constrainWeights(new MaxNormConstraint(3, 1, 2, 3))
            .weightNoise(new DropConnect(0.9))
            .weightInit(new WeightInitXavier())
            .biasInit(0.25)
            .build(),
        new BatchNormalization.Builder().name("bn1").updater(new RmsProp(0.1)).build(),
        new ActivationLayer.Builder().name("act1").activation(Activation.RELU).build(),
        new DenseLayer.Builder()
            .name("dense")
            .nOut(7)
            .activation(Activation.IDENTITY)
            .updater(new AdaGrad(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 2)))
            .dropOut(new Dropout(new StepSchedule(ScheduleType.ITERATION, 0.9, 0.9, 2)))
            .weightNoise(
                new WeightNoise(
                    new org.deeplearning4j.nn.conf.distribution.NormalDistribution(0, 0.01)))
            .build(),
        new BatchNormalization.Builder().name("bn2").build(),
        new OutputLayer.Builder()
            .name("out")
            .nOut(3)
            .activation(Activation.SOFTMAX)
            .updater(new Sgd(0.05))
            .dropOut(new GaussianNoise(0.1))
            .constrainBias(new NonNegativeConstraint())
            .build());
  }

  static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .seed(4711)
        .miniBatch(false)
        .minimize(true)
        .maxNumLineSearchIterations(3)
        .updater(new Adam(1e-3))
        .regularization(List.of(new WeightDecay(1e-3, true)))
        .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
        .cacheMode(CacheMode.HOST)
        .trainingWorkspaceMode(WorkspaceMode.NONE)
        .inferenceWorkspaceMode(WorkspaceMode.ENABLED);
  }

  static MultiLayerNetwork list(NeuralNetConfiguration.Builder builder, List<Layer> all) {
    NeuralNetConfiguration.ListBuilder list = builder.list();
    all.forEach(list::layer);
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list.validateOutputLayerConfig(false)
                .setInputType(InputType.convolutional(5, 4, 3))
                .build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  static ComputationGraph graph(NeuralNetConfiguration.Builder builder, List<Layer> all) {
    ComputationGraphConfiguration.GraphBuilder graph =
        builder.graphBuilder().addInputs("image").validateOutputLayerConfig(false);
    String last = "image";
    for (Layer layer : all) {
      graph.addLayer(layer.getLayerName(), layer, last);
      last = layer.getLayerName();
    }
    ComputationGraph network =
        new ComputationGraph(
            graph.setOutputs(last).setInputTypes(InputType.convolutional(5, 4, 3)).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  static Model network(String kind) {
    return kind.equals("list") ? list(builder(), layers()) : graph(builder(), layers());
  }

  static DataSet data() {
    return Training.data(3, 5, 4, 3, 5, 4);
  }

  static Model fold(Model network) {
    return NetworkFold.of(network, FoldingOptions.defaults()).removesAll().after();
  }
}
