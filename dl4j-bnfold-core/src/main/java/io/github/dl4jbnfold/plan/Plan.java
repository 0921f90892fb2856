package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done to a network: which affine operators go, and how every tensor is carried then.
 *
 * @param removed the operators to remove
 * @param widened the constant multiplications that become a multiplication and an addition
 * @param kept the batch normalizations that stay, in graph order
 * @param gauges the gauge of every tensor
 */
public record Plan(
    Graph graph,
    Set<Removable> removed,
    Set<ConstantMultiply> widened,
    List<Kept> kept,
    Gauges gauges) {

  /** The batch normalizations to remove, in graph order. */
  public List<BatchNorm> removedBatchNorms() {
    return graph.operators().stream()
        .filter(BatchNorm.class::isInstance)
        .map(BatchNorm.class::cast)
        .filter(removed::contains)
        .toList();
  }

  /** How many batch normalizations the network has. */
  public int batchNorms() {
    return removedBatchNorms().size() + kept.size();
  }

  /**
   * The removed batch normalizations that are absorbed by a batch normalization that stays next to
   * them, in graph order.
   */
  public List<BatchNorm> merged() {
    return removedBatchNorms().stream()
        .filter(norm -> meetsKept(norm.input(), true) || meetsKept(norm.output(), false))
        .toList();
  }

  private boolean meetsKept(Tensor tensor, boolean upstream) {
    List<Operator> next = upstream ? producers(graph.producer(tensor)) : graph.readers(tensor);
    for (Operator operator : next) {
      if (operator instanceof BatchNorm norm && !removed.contains(norm)) {
        return true;
      }
      if (operator instanceof Removable gone
          && removed.contains(gone)
          && meetsKept(upstream ? gone.input() : gone.output(), upstream)) {
        return true;
      }
    }
    return false;
  }

  private static List<Operator> producers(@Nullable Operator producer) {
    return producer == null ? List.of() : List.of(producer);
  }
}
