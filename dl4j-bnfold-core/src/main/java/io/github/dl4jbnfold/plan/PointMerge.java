package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A 1×1 convolution that another convolution of the same tensor takes over, at the tap that reads
 * the same position. Theory, section 5.
 *
 * @param point the convolution that goes
 * @param addend the tensor with which it enters the sum
 * @param branch where the other convolution stands
 */
public record PointMerge(Linear point, Tensor addend, ParallelBranch branch) {

  /**
   * The merges that the removals of a plan make possible. Convolutions that no removed batch
   * normalization joins are left alone.
   *
   * @param gone the affine operators that are removed
   * @param bars tensors whose readers must stay what they are
   */
  static List<PointMerge> all(Graph graph, Set<Removable> gone, Predicate<Tensor> bars) {
    List<PointMerge> merges = new ArrayList<>();
    Set<Linear> merged = new LinkedHashSet<>();
    Set<Linear> takers = new LinkedHashSet<>();
    for (Operator operator : graph.operators()) {
      if (operator instanceof Linear point
          && point.abilities().contains(Linear.Ability.POINT_KERNEL)
          && !takers.contains(point)
          && !bars.test(point.input())) {
        of(graph, point, gone, taker -> !taker.equals(point) && !merged.contains(taker))
            .ifPresent(
                merge -> {
                  merges.add(merge);
                  merged.add(point);
                  takers.add(merge.branch.operator());
                });
      }
    }
    return List.copyOf(merges);
  }

  private static Optional<PointMerge> of(
      Graph graph, Linear point, Set<Removable> gone, Predicate<Linear> free) {
    boolean joined = false;
    Tensor addend = point.output();
    while (graph.readers(addend).size() == 1
        && graph.readers(addend).get(0) instanceof Removable affine
        && gone.contains(affine)) {
      joined |= affine instanceof BatchNorm;
      addend = affine.output();
    }
    Optional<ParallelBranch> branch =
        ParallelBranch.find(
            graph,
            addend,
            point.input(),
            taker ->
                point.alignment() != null
                    && point.alignment().equals(taker.alignment())
                    && free.test(taker));
    boolean touched = joined;
    Tensor end = addend;
    return branch
        .filter(found -> gone.containsAll(found.between()))
        .filter(found -> touched || found.between().stream().anyMatch(BatchNorm.class::isInstance))
        .map(found -> new PointMerge(point, end, found));
  }
}
