package io.github.dl4jbnfold.network.structure;

import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;

/**
 * Copies of vertices. {@code clone()} of Deeplearning4j 1.0.0-M2.1 forgets some of their values.
 */
final class Vertices {
  private Vertices() {}

  /** A vertex that may be changed without changing the given one. */
  static GraphVertex copy(GraphVertex vertex) {
    if (vertex instanceof FrozenVertex frozen) {
      return new FrozenVertex(copy(frozen.getUnderlying()));
    } else if (vertex instanceof MergeVertex merge) {
      MergeVertex copy = merge.clone();
      copy.setMergeAxis(merge.getMergeAxis());
      return copy;
    } else if (vertex instanceof ReshapeVertex reshape) {
      return new ReshapeVertex(
          reshape.getReshapeOrder(), reshape.getNewShape(), reshape.getMaskShape());
    } else if (vertex.getClass() == L2Vertex.class) {
      return vertex; // Nothing of it can be read or changed.
    }
    return vertex.clone();
  }
}
