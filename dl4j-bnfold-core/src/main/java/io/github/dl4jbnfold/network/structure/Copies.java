package io.github.dl4jbnfold.network.structure;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/**
 * Copies of configurations that share nothing that the fold changes. Deeplearning4j's own copies of
 * layers that wrap others share what is wrapped, and those of vertices forget: a merge its axis, a
 * reshape its order.
 */
final class Copies {
  private Copies() {}

  static NeuralNetConfiguration of(NeuralNetConfiguration configuration) {
    NeuralNetConfiguration copy = configuration.clone();
    separate(copy.getLayer());
    return copy;
  }

  /** Only numbers are changed; all other vertices are shared. */
  static GraphVertex of(GraphVertex vertex) {
    if (vertex instanceof FrozenVertex frozen) {
      return new FrozenVertex(of(frozen.getUnderlying()));
    }
    boolean number = vertex instanceof ScaleVertex || vertex instanceof ShiftVertex;
    return number ? vertex.clone() : vertex;
  }

  /** Gives a copied layer copies of what it wraps. */
  private static void separate(Layer copy) {
    if (copy instanceof BaseWrapperLayer wrapper) {
      wrapper.setUnderlying(separated(wrapper.getUnderlying()));
    } else if (copy instanceof Bidirectional both) {
      both.setFwd(separated(both.getFwd()));
      both.setBwd(separated(both.getBwd()));
    } else if (copy instanceof FrozenLayer frozen) {
      separate(frozen.getLayer()); // This is a copy already.
    } else if (copy instanceof AbstractSameDiffLayer layer) {
      layer.setLayerParams(null); // It states its parameters anew: it may have to have a bias.
    }
  }

  private static Layer separated(Layer layer) {
    Layer copy = layer.clone();
    separate(copy);
    return copy;
  }
}
