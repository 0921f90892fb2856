package io.github.dl4jbnfold.samediff.write;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMLayer;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;

/**
 * lstmLayer announces its optional inputs by flags that cannot be changed: a bias needs a new one.
 */
final class LstmLayers {
  private static final int LENGTH = 1;
  private static final int OUTPUT = 2;
  private static final int CELL = 3;
  private static final int PEEPHOLE = 4;

  private LstmLayers() {}

  /**
   * A new operator like an old one that has no bias, with one.
   *
   * @param inputs what the old operator reads: x, Wx, Wr, then what its flags announce
   * @return what the new operator writes
   */
  static SDVariable[] withBias(
      SameDiff graph, DifferentialFunction old, List<String> inputs, String bias) {
    LSTMLayer layer = (LSTMLayer) old;
    boolean[] has = layer.bArgs();
    Iterator<SDVariable> optional = inputs.stream().skip(3).map(graph::getVariable).iterator();
    SDVariable length = next(has[LENGTH], optional);
    SDVariable cell = next(has[CELL], optional);
    SDVariable output = next(has[OUTPUT], optional);
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(graph.getVariable(inputs.get(1)))
            .rWeights(graph.getVariable(inputs.get(2)))
            .bias(graph.getVariable(bias))
            .peepholeWeights(next(has[PEEPHOLE], optional))
            .build();
    return new LSTMLayer(
            graph,
            graph.getVariable(inputs.get(0)),
            cell,
            output,
            length,
            weights,
            layer.getConfiguration())
        .outputVariables();
  }

  private static @Nullable SDVariable next(boolean present, Iterator<SDVariable> optional) {
    return present ? optional.next() : null;
  }
}
