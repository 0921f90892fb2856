package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.ConstantTable;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.function.ToIntFunction;

/**
 * Where a shift costs least: in a table or the bias of a linear operator whose output has one
 * reader, so that no other reader has to take it out again.
 */
final class ShiftPreference {
  private ShiftPreference() {}

  static ToIntFunction<Tensor> of(Graph graph) {
    return tensor -> {
      int alone = graph.readers(tensor).size() <= 1 ? 4 : 0;
      if (graph.producer(tensor) instanceof ConstantTable) {
        return alone + 3;
      }
      if (!(graph.producer(tensor) instanceof Linear linear)) {
        return alone;
      }
      return switch (linear.bias()) {
        case PRESENT, NUMBER -> alone + 3;
        case OPEN -> alone + 2;
        case NEEDS_OPERATOR -> alone + 1;
      };
    };
  }
}
