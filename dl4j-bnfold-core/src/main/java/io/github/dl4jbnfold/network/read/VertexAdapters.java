package io.github.dl4jbnfold.network.read;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;

/**
 * The vertices of Deeplearning4j 1.0.0-M2.1 and what reads them; a vertex that is not listed is a
 * wall.
 */
final class VertexAdapters {
  private static final Map<Class<? extends GraphVertex>, VertexAdapter> ADAPTERS = new HashMap<>();

  static {
    put(new ElementWiseVertexAdapter(), ElementWiseVertex.class);
    put(new ChannelVertexAdapter(), MergeVertex.class, StackVertex.class, SubsetVertex.class);
    put(new NumberVertexAdapter(), ScaleVertex.class, ShiftVertex.class);
    put(
        new ShapeVertexAdapter(),
        PreprocessorVertex.class,
        ReshapeVertex.class,
        UnstackVertex.class,
        PoolHelperVertex.class,
        LastTimeStepVertex.class,
        DuplicateToTimeSeriesVertex.class,
        ReverseTimeSeriesVertex.class);
    put(VertexAdapter.WALL, AttentionVertex.class, L2NormalizeVertex.class, L2Vertex.class);
  }

  private VertexAdapters() {}

  @SafeVarargs
  private static void put(VertexAdapter adapter, Class<? extends GraphVertex>... vertices) {
    for (Class<? extends GraphVertex> vertex : vertices) {
      ADAPTERS.put(vertex, adapter);
    }
  }

  /** What reads a vertex. */
  static VertexAdapter of(GraphVertex vertex) {
    return ADAPTERS.getOrDefault(vertex.getClass(), VertexAdapter.WALL);
  }

  /** Whether somebody has decided what a vertex is. */
  static boolean isListed(Class<?> vertex) {
    return ADAPTERS.containsKey(vertex);
  }
}
