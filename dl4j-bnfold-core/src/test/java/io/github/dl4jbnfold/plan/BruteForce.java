package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.plan.ZeroScales.Channel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Decides what can be removed together by trying everything. */
final class BruteForce {
  private BruteForce() {}

  /** Whether these operators can be removed together while all others stay. */
  static boolean feasible(Graph graph, Set<? extends Removable> removed) {
    return ways(graph, removed, true).anyMatch(DenseEquations::hasSolution);
  }

  /** The equations of every way to remove these operators. */
  private static Stream<DenseEquations> ways(
      Graph graph, Set<? extends Removable> removed, boolean arithmeticHolds) {
    ZeroScales zeros = new ZeroScales(graph);
    List<Channel> open = zeros.open(removed);
    return subsets(open)
        .map(constants -> new DenseEquations(graph, removed, zeros, constants, arithmeticHolds));
  }

  private static <T> Stream<Set<T>> subsets(List<T> all) {
    return IntStream.range(0, 1 << all.size()).mapToObj(bits -> subset(all, bits));
  }

  private static <T> Set<T> subset(List<T> all, int bits) {
    Set<T> set = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      if ((bits >> i & 1) == 1) {
        set.add(all.get(i));
      }
    }
    return set;
  }

  /**
   * Whether these operators can be removed together; all arithmetic may go with them, or stay and
   * hold what its own constants can hold.
   */
  static boolean possible(Graph graph, Set<? extends Removable> removed) {
    List<Removable> more =
        graph.removables().stream()
            .filter(r -> !(r instanceof BatchNorm) && !removed.contains(r))
            .filter(r -> r.freedom() != Freedom.SHIFT)
            .toList();
    return subsets(more)
        .anyMatch(
            gone -> {
              gone.addAll(removed);
              return feasible(graph, gone);
            });
  }

  /** The size of a largest set of batch normalizations that can be removed together. */
  static int largest(Graph graph) {
    List<BatchNorm> norms =
        graph.removables().stream()
            .filter(BatchNorm.class::isInstance)
            .map(BatchNorm.class::cast)
            .toList();
    int largest = 0;
    for (int bits = 0; bits < 1 << norms.size(); bits++) {
      if (Integer.bitCount(bits) > largest) {
        largest = possible(graph, subset(norms, bits)) ? Integer.bitCount(bits) : largest;
      }
    }
    return largest;
  }

  /**
   * The largest amount by which the gauges miss an equation of this set of removals, in the way of
   * removing them that they are nearest to. What arithmetic that stays can hold is not asked.
   */
  static double violation(Graph graph, Set<? extends Removable> removed, Gauges gauges) {
    return ways(graph, removed, false)
        .mapToDouble(way -> way.violation(gauges))
        .min()
        .orElseThrow();
  }
}
