package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The object that is folded in place is the folded network from then on, or is what it was. */
class InPlaceTest {
  private static final DataSet DATA = Training.data(3, 5, 4, 3, 6, 5);

  private static List<Layer> layers() {
    return List.of(
        new ConvolutionLayer.Builder(3, 3)
            .nOut(4)
            .hasBias(false)
            .activation(Activation.IDENTITY)
            .build(),
        new BatchNormalization(),
        new ActivationLayer(Activation.RELU),
        new DenseLayer.Builder().nOut(5).activation(Activation.IDENTITY).build(),
        new BatchNormalization(),
        new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
  }

  private static Model network(String kind) {
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Adam(1e-2));
    InputType input = InputType.convolutional(6, 5, 3);
    if (kind.equals("list")) {
      NeuralNetConfiguration.ListBuilder list = builder.list();
      layers().forEach(list::layer);
      MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
      network.init();
      return RandomParameters.in(network, 7);
    }
    var graph = builder.graphBuilder().addInputs("image");
    String last = "image";
    for (int i = 0; i < layers().size(); i++) {
      graph.addLayer("step" + i, layers().get(i), last);
      last = "step" + i;
    }
    ComputationGraph network =
        new ComputationGraph(graph.setOutputs(last).setInputTypes(input).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  private static FoldReport fold(Model network, FoldingOptions options) {
    return network instanceof ComputationGraph graph
        ? BatchNormFolding.fold(graph, options)
        : BatchNormFolding.fold((MultiLayerNetwork) network, options);
  }

  private static String configuration(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().toJson()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
  }

  private static List<INDArray> outputs(Model network) {
    return NetworkFold.outputs(network, DATA.getFeatures());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void the_object_is_the_folded_network(String kind) {
    Model network = network(kind);
    Training.fit(network, DATA, 3);
    Model copy = NetworkFold.of(network, FoldingOptions.defaults()).removesAll().after();

    FoldReport report = fold(network, FoldingOptions.defaults());

    assertThat(report.removed()).hasSize(2);
    assertThat(outputs(network)).isEqualTo(outputs(copy));
    assertThat(configuration(network)).isEqualTo(configuration(copy));
    assertThat(Training.parameters(network).keySet()).isEqualTo(Training.parameters(copy).keySet());
    assertThat(Training.memory(network)).isEqualTo(Training.memory(copy));
    assertThat(Training.fit(network, DATA, 5)).isEqualTo(Training.fit(copy, DATA, 5));
    assertThat(outputs(network)).isEqualTo(outputs(copy));
    assertThat(fold(network, FoldingOptions.defaults()).removed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void listeners_and_the_last_score_stay(String kind) {
    Model network = network(kind);
    AtomicInteger iterations = new AtomicInteger();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            iterations.incrementAndGet();
          }
        });
    Training.fit(network, DATA, 3);
    double score = network.score();

    fold(network, FoldingOptions.defaults());

    assertThat(network.score()).isEqualTo(score);
    Training.fit(network, DATA, 2);
    assertThat(iterations).hasValue(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void a_failed_check_leaves_it_as_it_was(String kind) {
    Model network = network(kind);
    Training.fit(network, DATA, 3);
    INDArray parameters = network.params().dup();
    String configuration = configuration(network);
    List<INDArray> outputs = outputs(network);

    assertThatThrownBy(() -> fold(network, FoldingOptions.defaults().tolerance(0)))
        .isInstanceOf(CheckFailedException.class);

    assertThat(network.params()).isEqualTo(parameters);
    assertThat(configuration(network)).isEqualTo(configuration);
    assertThat(outputs(network)).isEqualTo(outputs);
    assertThat(Training.fit(network, DATA, 2)).allMatch(Double::isFinite);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void a_failure_on_the_way_puts_everything_back(String kind) {
    Model network = network(kind);
    Training.fit(network, DATA, 3);
    Model reference = network(kind);
    Training.fit(reference, DATA, 3);
    String configuration = configuration(network);
    List<INDArray> outputs = outputs(network);

    assertThatThrownBy(() -> become(network, broken(network(kind))))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("foldCopy");

    assertThat(configuration(network)).isEqualTo(configuration);
    assertThat(outputs(network)).isEqualTo(outputs);
    assertThat(Training.fit(network, DATA, 3)).isEqualTo(Training.fit(reference, DATA, 3));
  }

  private static void become(Model network, Model other) {
    if (network instanceof ComputationGraph graph) {
      InPlace.become(graph, (ComputationGraph) other);
    } else {
      InPlace.become((MultiLayerNetwork) network, (MultiLayerNetwork) other);
    }
  }

  /** Its configuration needs more parameters than it has. */
  private static Model broken(Model network) {
    if (network instanceof ComputationGraph graph) {
      var layer =
          ((org.deeplearning4j.nn.conf.graph.LayerVertex)
                  graph.getConfiguration().getVertices().get("step3"))
              .getLayerConf()
              .getLayer();
      ((DenseLayer) layer).setNOut(77);
    } else {
      ((DenseLayer)
              ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConf(3).getLayer())
          .setNOut(77);
    }
    return network;
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void where_nothing_goes_nothing_is_touched(String kind) {
    Model network = network(kind);
    org.deeplearning4j.nn.api.Layer first = layer(network);

    fold(network, FoldingOptions.defaults().keep(name -> true));

    assertThat(layer(network)).isSameAs(first);
    fold(network, FoldingOptions.defaults());
    assertThat(layer(network)).isNotSameAs(first);
  }

  private static org.deeplearning4j.nn.api.Layer layer(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getLayer(0)
        : ((MultiLayerNetwork) network).getLayer(0);
  }

  @Test
  void vertices_that_ask_their_graph_ask_the_right_one() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam(1e-2))
                .graphBuilder()
                .addInputs("sequence", "x")
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "sequence")
                .addVertex("last", new LastTimeStepVertex("sequence"), "lstm")
                .addLayer(
                    "dense",
                    new DenseLayer.Builder().nOut(5).activation(Activation.IDENTITY).build(),
                    "x")
                .addLayer("bn", new BatchNormalization(), "dense")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "bn")
                .addVertex("both", new MergeVertex(), "last", "tanh")
                .addVertex("repeated", new DuplicateToTimeSeriesVertex("sequence"), "both")
                .addLayer(
                    "out",
                    new RnnOutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                    "repeated")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(3), InputType.feedForward(2))
                .build());
    network.init();
    RandomParameters.in(network, 7);
    // Where there are sequences, masks may put zeros everywhere, which a shift does not survive.
    network.getParam("bn_beta").assign(0);
    network.getParam("bn_mean").assign(0);
    INDArray[] x = {Nd4j.randn(DataType.DOUBLE, 3, 3, 6), Nd4j.randn(DataType.DOUBLE, 3, 2)};
    INDArray[] mask = {Nd4j.ones(DataType.DOUBLE, 3, 6), null};
    mask[0].putScalar(1, 5, 0).putScalar(2, 5, 0).putScalar(2, 4, 0);
    INDArray expected = network.output(false, x, mask, null)[0].dup();

    FoldReport report = BatchNormFolding.fold(network, FoldingOptions.defaults());

    assertThat(report.removed()).as(report.toText()).containsExactly("bn");
    INDArray actual = network.output(false, x, mask, null)[0];
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-12);
  }
}
