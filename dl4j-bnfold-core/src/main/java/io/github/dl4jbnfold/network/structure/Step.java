package io.github.dl4jbnfold.network.structure;

import java.util.List;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.jspecify.annotations.Nullable;

/**
 * One step of a network: a layer, with what is done to its input first, or a vertex.
 *
 * @param inputs names of steps, or of inputs of the network
 * @param preprocessor applied to the input of a layer; null for none
 * @param configuration of the layer; null for a vertex
 * @param vertex null for a layer
 */
public record Step(
    String name,
    List<String> inputs,
    @Nullable InputPreProcessor preprocessor,
    @Nullable NeuralNetConfiguration configuration,
    @Nullable GraphVertex vertex) {
  public Step {
    inputs = List.copyOf(inputs);
  }

  /** A layer. */
  public static Step of(
      String name,
      List<String> inputs,
      @Nullable InputPreProcessor preprocessor,
      NeuralNetConfiguration configuration) {
    return new Step(name, inputs, preprocessor, configuration, null);
  }

  /** A vertex. */
  public static Step of(String name, List<String> inputs, GraphVertex vertex) {
    return new Step(name, inputs, null, null, vertex);
  }

  /** The layer without the wrappers that only freeze its parameters; null for a vertex. */
  public @Nullable Layer layer() {
    Layer layer = configuration == null ? null : configuration.getLayer();
    while (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
      layer =
          layer instanceof FrozenLayer frozen
              ? frozen.getLayer()
              : ((FrozenLayerWithBackprop) layer).getUnderlying();
    }
    return layer;
  }

  /** Whether it is a layer that no wrapper freezes. */
  public boolean isPlain() {
    return configuration != null
        && !(configuration.getLayer() instanceof FrozenLayer)
        && !(configuration.getLayer() instanceof FrozenLayerWithBackprop);
  }

  /** The vertex without the wrapper that only freezes its parameters; null for a layer. */
  public @Nullable GraphVertex plainVertex() {
    GraphVertex plain = vertex;
    while (plain instanceof FrozenVertex frozen) {
      plain = frozen.getUnderlying();
    }
    return plain;
  }

  /** The same step reading other ones. */
  public Step reading(List<String> others) {
    return new Step(name, others, preprocessor, configuration, vertex);
  }

  /** The same layer behind another preprocessor. */
  public Step behind(@Nullable InputPreProcessor other) {
    return new Step(name, inputs, other, configuration, vertex);
  }

  /** A step whose layer, or number, may be changed without changing this one's. */
  public Step copy() {
    return new Step(
        name,
        inputs,
        preprocessor == null ? null : preprocessor.clone(),
        configuration == null ? null : copy(configuration),
        vertex == null ? null : Vertices.copy(vertex));
  }

  private static NeuralNetConfiguration copy(NeuralNetConfiguration configuration) {
    NeuralNetConfiguration copy = configuration.clone();
    copy.setLayer(LayerCopy.of(configuration.getLayer()));
    return copy;
  }
}
