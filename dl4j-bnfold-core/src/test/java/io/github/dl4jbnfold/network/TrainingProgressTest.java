package io.github.dl4jbnfold.network;

import static io.github.dl4jbnfold.network.TrainedLayers.data;
import static io.github.dl4jbnfold.network.TrainedLayers.fold;
import static io.github.dl4jbnfold.network.TrainedLayers.graph;
import static io.github.dl4jbnfold.network.TrainedLayers.layers;
import static io.github.dl4jbnfold.network.TrainedLayers.list;
import static io.github.dl4jbnfold.network.TrainedLayers.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training goes on after a fold where it was: counts, schedules, listeners. */
class TrainingProgressTest {
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
}
