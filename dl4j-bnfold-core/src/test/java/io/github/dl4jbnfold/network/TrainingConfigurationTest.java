package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
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
import org.deeplearning4j.nn.conf.graph.LayerVertex;
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
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
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

/** How a network is trained is the same after a fold: all that is configured, and all counts. */
class TrainingConfigurationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Each layer is trained in a way of its own. */
  private static List<Layer> layers() {
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

  private static NeuralNetConfiguration.Builder builder() {
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

  private static MultiLayerNetwork list(NeuralNetConfiguration.Builder builder, List<Layer> all) {
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

  private static ComputationGraph graph(NeuralNetConfiguration.Builder builder, List<Layer> all) {
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

  private static Model network(String kind) {
    return kind.equals("list") ? list(builder(), layers()) : graph(builder(), layers());
  }

  private static DataSet data() {
    return Training.data(3, 5, 4, 3, 5, 4);
  }

  private static Model fold(Model network) {
    return NetworkFold.of(network, FoldingOptions.defaults()).removesAll().after();
  }

  private static Map<String, NeuralNetConfiguration> configurations(Model network) {
    Map<String, NeuralNetConfiguration> all = new TreeMap<>();
    if (network instanceof ComputationGraph graph) {
      graph
          .getConfiguration()
          .getVertices()
          .forEach((name, vertex) -> all.put(name, ((LayerVertex) vertex).getLayerConf()));
    } else {
      for (NeuralNetConfiguration conf :
          ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConfs()) {
        all.put(conf.getLayer().getLayerName(), conf);
      }
    }
    return all;
  }

  private static String json(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().toJson()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
  }

  /** What is configured for the network as a whole. */
  private static JsonNode common(Model network, Set<String> structure) throws IOException {
    ObjectNode tree = (ObjectNode) JSON.readTree(json(network));
    tree.remove(structure);
    if (tree.get("defaultConfiguration") instanceof ObjectNode defaults) {
      defaults.remove("variables"); // The names of all parameters.
    }
    return tree;
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void every_layer_keeps_its_configuration_and_the_original_too(String kind) {
    Model network = network(kind);
    Training.fit(network, data(), 3);
    String original = json(network);

    Map<String, NeuralNetConfiguration> after = configurations(fold(network));

    assertThat(json(network)).isEqualTo(original);
    assertThat(after.keySet()).containsExactlyInAnyOrder("conv", "act1", "dense", "out");
    Map<String, NeuralNetConfiguration> before = configurations(network);
    after.forEach((name, conf) -> assertThat(conf.toJson()).isEqualTo(before.get(name).toJson()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void the_network_keeps_its_configuration(String kind) throws IOException {
    Model network = network(kind);
    Training.fit(network, data(), 3);

    Set<String> structure =
        Set.of(
            "confs",
            "inputPreProcessors",
            "vertices",
            "vertexInputs",
            "topologicalOrder",
            "topologicalOrderStr");
    assertThat(common(fold(network), structure)).isEqualTo(common(network, structure));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void counts_of_iterations_and_epochs_go_on(String kind) {
    Model network = network(kind);
    Training.fit(network, data(), 5);
    setEpochs(network, 2);

    Model after = fold(network);

    assertThat(counts(after)).isEqualTo(counts(network)).containsOnly(List.of(5, 2));
    Training.fit(after, data(), 1);
    assertThat(counts(after)).containsOnly(List.of(6, 2));
    assertThat(counts(network)).containsOnly(List.of(5, 2));
  }

  private static void setEpochs(Model network, int epochs) {
    if (network instanceof ComputationGraph graph) {
      graph.getConfiguration().setEpochCount(epochs);
    } else {
      ((MultiLayerNetwork) network).setEpochCount(epochs);
    }
    Training.synchronize(network);
  }

  /** Of the network and of each layer. */
  private static Set<List<Integer>> counts(Model network) {
    Set<List<Integer>> counts = new java.util.HashSet<>();
    org.deeplearning4j.nn.api.Layer[] layers;
    if (network instanceof ComputationGraph graph) {
      counts.add(
          List.of(
              graph.getConfiguration().getIterationCount(),
              graph.getConfiguration().getEpochCount()));
      layers = graph.getLayers();
    } else {
      MultiLayerNetwork list = (MultiLayerNetwork) network;
      counts.add(List.of(list.getIterationCount(), list.getEpochCount()));
      layers = list.getLayers();
    }
    for (org.deeplearning4j.nn.api.Layer layer : layers) {
      counts.add(List.of(layer.getIterationCount(), layer.getEpochCount()));
    }
    return counts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void schedules_go_on_where_they_were(String kind) {
    Model network = network(kind);
    Training.fit(network, data(), 6);

    Model after = fold(network);

    assertThat(rate(after, "conv")).isEqualTo(rate(network, "conv")).isEqualTo(0.1 * 0.25);
    assertThat(rate(after, "dense")).isEqualTo(rate(network, "dense")).isEqualTo(0.1 * 0.125);
  }

  private static double rate(Model network, String layer) {
    return network instanceof ComputationGraph graph
        ? graph.getLearningRate(layer)
        : ((MultiLayerNetwork) network)
            .getLearningRate(((MultiLayerNetwork) network).getLayerNames().indexOf(layer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void a_new_learning_rate_of_one_network_is_none_of_the_other(String kind) {
    Model network = network(kind);
    Training.fit(network, data(), 1);
    Model after = fold(network);

    if (after instanceof ComputationGraph graph) {
      graph.setLearningRate(0.5);
    } else {
      ((MultiLayerNetwork) after).setLearningRate(0.5);
    }

    assertThat(rate(after, "out")).isEqualTo(0.5);
    assertThat(rate(network, "out")).isEqualTo(0.05);
    assertThat(rate(network, "dense")).isEqualTo(0.1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void listeners_go_along_and_hear_nothing_of_the_fold(String kind) {
    Model network = network(kind);
    Counter counter = new Counter();
    network.setListeners(counter);
    Training.fit(network, data(), 2);
    int heard = counter.events;

    Model after = fold(network);

    assertThat(counter.events).isEqualTo(heard);
    assertThat(listeners(after)).containsExactly(counter);
    assertThat(listeners(network)).containsExactly(counter);
    Training.fit(after, data(), 2);
    assertThat(counter.iterations).isEqualTo(4);
    network.setListeners(List.of());
    Training.fit(after, data(), 1);
    assertThat(counter.iterations).as("after the original has lost its listeners").isEqualTo(5);
  }

  private static List<TrainingListener> listeners(Model network) {
    return new ArrayList<>(
        network instanceof ComputationGraph graph
            ? graph.getListeners()
            : ((MultiLayerNetwork) network).getListeners());
  }

  private static final class Counter extends BaseTrainingListener {
    private int iterations;
    private int events;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      iterations++;
      events++;
    }

    @Override
    public void onForwardPass(Model model, List<org.nd4j.linalg.api.ndarray.INDArray> all) {
      events++;
    }

    @Override
    public void onForwardPass(Model model, Map<String, org.nd4j.linalg.api.ndarray.INDArray> all) {
      events++;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "FLOAT", "HALF"})
  void the_data_type_stays(DataType type) {
    for (String kind : List.of("list", "graph")) {
      NeuralNetConfiguration.Builder plain =
          new NeuralNetConfiguration.Builder().dataType(type).updater(new Nesterovs(1e-3, 0.9));
      List<Layer> layers =
          List.of(
              new ConvolutionLayer.Builder(3, 3)
                  .name("conv")
                  .nOut(4)
                  .activation(Activation.IDENTITY)
                  .build(),
              new BatchNormalization.Builder().name("bn").build(),
              new OutputLayer.Builder().name("out").nOut(3).activation(Activation.SOFTMAX).build());
      Model network = kind.equals("list") ? list(plain, layers) : graph(plain, layers);
      DataSet data = Training.data(type, 3, 5, 4, 3, 5, 4);
      Training.fit(network, data, 2);

      NetworkFold fold = NetworkFold.of(network, FoldingOptions.defaults()).removesAll();

      if (type != DataType.FLOAT16) {
        fold.equalOutputs(data.getFeatures());
      }
      Model after = fold.after();
      assertThat(after.params().dataType()).isEqualTo(type);
      assertThat(Training.updater(after).getStateViewArray().dataType()).isEqualTo(type);
      assertThat(NetworkFold.outputs(after, data.getFeatures()).get(0).dataType()).isEqualTo(type);
      assertThat(Training.fit(after, data, 2)).allMatch(Double::isFinite);
    }
  }

  @Test
  void truncated_backpropagation_keeps_its_lengths() {
    var conf =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .graphBuilder()
            .addInputs("sequence")
            .addLayer(
                "lstm",
                new org.deeplearning4j.nn.conf.layers.LSTM.Builder().nOut(4).build(),
                "sequence")
            .addLayer(
                "out",
                new org.deeplearning4j.nn.conf.layers.RnnOutputLayer.Builder()
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "lstm")
            .setOutputs("out")
            .setInputTypes(InputType.recurrent(5, 12))
            .backpropType(BackpropType.TruncatedBPTT)
            .tBPTTForwardLength(7)
            .tBPTTBackwardLength(6)
            .build();
    ComputationGraph network = new ComputationGraph(conf);
    network.init();

    ComputationGraph after =
        (ComputationGraph) NetworkFold.of(network, FoldingOptions.defaults()).after();

    assertThat(after.getConfiguration().getBackpropType()).isEqualTo(BackpropType.TruncatedBPTT);
    assertThat(after.getConfiguration().getTbpttFwdLength()).isEqualTo(7);
    assertThat(after.getConfiguration().getTbpttBackLength()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void the_parameters_lie_in_an_array_of_the_same_shape(String kind) {
    Model network = network(kind);
    assertThat(fold(network).params().rank()).isEqualTo(network.params().rank());
  }
}
