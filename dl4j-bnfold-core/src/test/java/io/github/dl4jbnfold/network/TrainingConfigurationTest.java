package io.github.dl4jbnfold.network;

import static io.github.dl4jbnfold.network.TrainedLayers.data;
import static io.github.dl4jbnfold.network.TrainedLayers.fold;
import static io.github.dl4jbnfold.network.TrainedLayers.graph;
import static io.github.dl4jbnfold.network.TrainedLayers.layers;
import static io.github.dl4jbnfold.network.TrainedLayers.list;
import static io.github.dl4jbnfold.network.TrainedLayers.network;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Training;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** How a network is trained is the same after a fold: all that is configured. */
class TrainingConfigurationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

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
