package io.github.dl4jbnfold.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where recurrent layers are in a sequence that is given to them step by step. What they remember
 * is as it was after a fold: they are walls for it.
 */
final class SequenceStates {
  private SequenceStates() {}

  /** The states of a graph by the names of its vertices. */
  static Map<String, Map<String, INDArray>> of(ComputationGraph graph) {
    Map<String, Map<String, INDArray>> states = new HashMap<>();
    for (GraphVertex vertex : graph.getVertices()) {
      recurrent(vertex.getLayer())
          .ifPresent(layer -> states.put(vertex.getVertexName(), layer.rnnGetPreviousState()));
    }
    return states;
  }

  static void set(ComputationGraph graph, Map<String, Map<String, INDArray>> states) {
    states.forEach(
        (name, state) ->
            recurrent(graph.getVertex(name).getLayer())
                .ifPresent(layer -> layer.rnnSetPreviousState(state)));
  }

  /** The states in the order of the recurrent layers, which a fold does not change. */
  static List<Map<String, INDArray>> of(MultiLayerNetwork network) {
    List<Map<String, INDArray>> states = new ArrayList<>();
    recurrent(network).forEach(layer -> states.add(layer.rnnGetPreviousState()));
    return states;
  }

  static void set(MultiLayerNetwork network, List<Map<String, INDArray>> states) {
    List<RecurrentLayer> layers = recurrent(network);
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).rnnSetPreviousState(states.get(i));
    }
  }

  private static List<RecurrentLayer> recurrent(MultiLayerNetwork network) {
    List<RecurrentLayer> layers = new ArrayList<>();
    for (Layer layer : network.getLayers()) {
      recurrent(layer).ifPresent(layers::add);
    }
    return layers;
  }

  /** What can take a sequence step by step; a layer of both directions cannot. */
  private static Optional<RecurrentLayer> recurrent(@Nullable Layer layer) {
    Layer plain = layer;
    while (plain instanceof BaseWrapperLayer wrapper) {
      plain = wrapper.getUnderlying();
    }
    return plain instanceof RecurrentLayer recurrent && !(plain instanceof BidirectionalLayer)
        ? Optional.of(recurrent)
        : Optional.empty();
  }
}
