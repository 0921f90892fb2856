package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.ScaledRate;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/** Networks at the beginning of a training: no moments yet, counts of 0. */
final class Updaters {
  private Updaters() {}

  /**
   * A copy of a network with updaters in their first state.
   *
   * @param updater of all weights that are not frozen, gates excepted; null for those they have
   * @param change what else changes in the configurations of the layers, which are the copy's own,
   *     by the names of their steps
   */
  @SuppressWarnings("unchecked") // A network of the class of the original.
  static <M extends Model> M restarted(
      M network, @Nullable IUpdater updater, BiConsumer<String, NeuralNetConfiguration> change) {
    M copy;
    if (network instanceof ComputationGraph graph) {
      copy = (M) restarted(graph, updater, change);
    } else {
      copy = (M) restarted((MultiLayerNetwork) network, updater, change);
    }
    return copy;
  }

  private static ComputationGraph restarted(
      ComputationGraph graph,
      @Nullable IUpdater updater,
      BiConsumer<String, NeuralNetConfiguration> change) {
    // A clone shares the updaters of wrapped layers with its original, a file does not.
    ComputationGraphConfiguration configuration =
        ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
    Map<String, NeuralNetConfiguration> layers = new LinkedHashMap<>();
    configuration
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof LayerVertex layer) {
                layers.put(name, layer.getLayerConf());
              }
            });
    change(layers, updater, change);
    configuration.setIterationCount(0);
    configuration.setEpochCount(0);
    ComputationGraph copy = new ComputationGraph(configuration);
    copy.init(graph.params(), true);
    copy.setListeners(graph.getListeners());
    return copy;
  }

  private static MultiLayerNetwork restarted(
      MultiLayerNetwork network,
      @Nullable IUpdater updater,
      BiConsumer<String, NeuralNetConfiguration> change) {
    MultiLayerConfiguration configuration =
        MultiLayerConfiguration.fromJson(network.getLayerWiseConfigurations().toJson());
    Map<String, NeuralNetConfiguration> layers = new LinkedHashMap<>();
    for (Step step : Networks.source(network).structure().steps()) {
      layers.put(step.name(), configuration.getConf(layers.size()));
    }
    change(layers, updater, change);
    configuration.setIterationCount(0);
    configuration.setEpochCount(0);
    MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
    copy.init(network.params(), true);
    copy.setListeners(network.getListeners());
    return copy;
  }

  private static void change(
      Map<String, NeuralNetConfiguration> layers,
      @Nullable IUpdater updater,
      BiConsumer<String, NeuralNetConfiguration> change) {
    layers.forEach(
        (name, layer) -> {
          layer.setIterationCount(0);
          layer.setEpochCount(0);
          if (updater != null) {
            set(layer.getLayer(), updater);
          }
          change.accept(name, layer);
        });
  }

  private static void set(Layer layer, IUpdater updater) {
    if (layer instanceof BaseWrapperLayer wrapper) {
      set(wrapper.getUnderlying(), updater);
    } else if (layer instanceof Bidirectional both) {
      set(both.getFwd(), updater);
      set(both.getBwd(), updater);
    } else if (layer instanceof AbstractSameDiffLayer own) {
      own.setUpdater(copy(updater));
      own.setBiasUpdater(null);
    } else if (layer instanceof BaseLayer base) {
      base.setIUpdater(copy(updater));
      base.setBiasUpdater(null);
    }
  }

  /** An updater that shares nothing: DL4J sets learning rates in place. */
  static IUpdater copy(IUpdater updater) {
    try {
      return NeuralNetConfiguration.mapper().readValue(text(updater), IUpdater.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The updater %s is none of DL4J's.".formatted(updater), e);
    }
  }

  /** All that the updater is, in one line. */
  static String text(IUpdater updater) {
    try {
      String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
      return NeuralNetConfiguration.mapper().readTree(json).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The updater %s is none of DL4J's.".formatted(updater), e);
    }
  }

  /** The same updater with its learning rate, constant or not, times a factor. */
  static IUpdater scaled(IUpdater updater, double factor) {
    IUpdater scaled = copy(updater);
    if (scaled.hasLearningRate()) {
      scaled.setLrAndSchedule(Double.NaN, new ScaledRate(copy(updater), factor));
    }
    return scaled;
  }

  /** The same updater with the learning rate of one iteration for good. */
  static IUpdater constant(IUpdater updater, int iteration) {
    IUpdater constant = copy(updater);
    if (constant.hasLearningRate()) {
      constant.setLrAndSchedule(updater.getLearningRate(iteration, 0), null);
    }
    return constant;
  }
}
