package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.network.read.Binding.InputMatrix;
import io.github.dl4jbnfold.network.read.Binding.RecurrentBinding;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: they read their input through matrices alone, x·W + b, so these are a linear
 * operator of its own, and what comes after is a wall. What a mask hides is not read at all.
 */
@SuppressWarnings("deprecation") // Old files have GravesLSTM.
final class RecurrentAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    List<InputMatrix> matrices = new ArrayList<>();
    BaseRecurrentLayer layer = collect(site.layer(), "", matrices);
    int axis = layer == null ? -1 : Axes.of(layer.getRnnDataFormat());
    boolean known =
        layer != null
            && site.in().length == 3
            && matrices.stream().allMatch(matrix -> isPlain(site, matrix));
    if (!known) {
      site.wall();
      return;
    }
    long columns =
        matrices.stream().mapToLong(matrix -> site.parameter(matrix.weights()).size(1)).sum();
    Tensor gates = site.reading().draft().intermediate(site.name(), Math.toIntExact(columns));
    site.reading()
        .add(
            new Linear(
                site.name(),
                "recurrent input matrix",
                site.read(axis),
                gates,
                Border.NONE,
                BiasSlot.PRESENT),
            new RecurrentBinding(site.step(), matrices));
    String kind = site.layer().getClass().getSimpleName();
    site.reading().add(new Wall(site.name(), kind, List.of(gates), List.of()));
    site.reading().draft().writtenByWall(site.name(), kind);
  }

  /** The layer that has the matrices; null for a layer that is not known. */
  private static @Nullable BaseRecurrentLayer collect(
      Layer layer, String prefix, List<InputMatrix> matrices) {
    if (layer instanceof LastTimeStep last) {
      return collect(last.getUnderlying(), prefix, matrices);
    } else if (layer instanceof Bidirectional both && prefix.isEmpty()) {
      BaseRecurrentLayer forward = collect(both.getFwd(), "f", matrices);
      BaseRecurrentLayer backward = collect(both.getBwd(), "b", matrices);
      return backward == null ? null : forward;
    } else if (layer instanceof GravesBidirectionalLSTM graves) {
      matrices.add(new InputMatrix(prefix + "WF", prefix + "bF"));
      matrices.add(new InputMatrix(prefix + "WB", prefix + "bB"));
      return graves;
    } else if (layer.getClass() == LSTM.class
        || layer.getClass() == GravesLSTM.class
        || layer.getClass() == SimpleRnn.class) {
      matrices.add(new InputMatrix(prefix + "W", prefix + "b"));
      return (BaseRecurrentLayer) layer;
    }
    return null;
  }

  /** A gain normalizes what the matrix gives. */
  private static boolean isPlain(Site site, InputMatrix matrix) {
    String gain = matrix.weights().replace("W", "g");
    return site.parameters().containsKey(matrix.weights())
        && site.parameters().containsKey(matrix.bias())
        && !site.parameters().containsKey(gain);
  }
}
