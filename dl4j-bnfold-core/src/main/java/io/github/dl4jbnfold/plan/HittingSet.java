package io.github.dl4jbnfold.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * A smallest set that meets every one of some sets of numbers, by branch and bound with a limit on
 * the number of nodes. Independent parts are solved on their own; disjoint sets and cliques of
 * pairs bound what is left.
 *
 * @param chosen a set that meets all: the smallest if {@code lowerBound} is its size
 * @param lowerBound no set with fewer elements meets all
 */
record HittingSet(BitSet chosen, int lowerBound) {

  /**
   * @param sets none is empty
   * @param nodes how many nodes of the search tree may be visited in each independent part
   */
  static HittingSet of(Collection<BitSet> sets, int nodes) {
    BitSet chosen = new BitSet();
    sets.stream().filter(set -> set.cardinality() == 1).forEach(chosen::or);
    int bound = chosen.cardinality();
    List<BitSet> open = sets.stream().filter(set -> !set.intersects(chosen)).toList();
    for (List<BitSet> part : parts(minimal(open))) {
      Search search = new Search(part, nodes);
      chosen.or(search.best);
      bound += search.isComplete() ? search.best.cardinality() : search.rootBound;
    }
    return new HittingSet(chosen, bound);
  }

  /** The sets that contain no other one. */
  private static List<BitSet> minimal(Collection<BitSet> sets) {
    List<BitSet> bySize = new ArrayList<>(new LinkedHashSet<>(sets));
    bySize.sort(Comparator.comparingInt(BitSet::cardinality));
    List<BitSet> kept = new ArrayList<>();
    List<BitSet> smaller = List.of();
    int size = 0;
    for (BitSet set : bySize) {
      // Of two different sets of one size none contains the other, and most sets are pairs.
      if (set.cardinality() > size) {
        smaller = List.copyOf(kept);
        size = set.cardinality();
      }
      if (smaller.stream().noneMatch(other -> contains(set, other))) {
        kept.add(set);
      }
    }
    return kept;
  }

  private static boolean contains(BitSet set, BitSet subset) {
    BitSet rest = (BitSet) subset.clone();
    rest.andNot(set);
    return rest.isEmpty();
  }

  /** Groups the sets so that no two groups share an element. */
  private static List<List<BitSet>> parts(List<BitSet> sets) {
    List<List<BitSet>> parts = new ArrayList<>();
    List<BitSet> unions = new ArrayList<>();
    for (BitSet set : sets) {
      List<BitSet> part = new ArrayList<>(List.of(set));
      BitSet union = (BitSet) set.clone();
      for (int i = parts.size() - 1; i >= 0; i--) {
        if (unions.get(i).intersects(set)) {
          part.addAll(parts.remove(i));
          union.or(unions.remove(i));
        }
      }
      parts.add(part);
      unions.add(union);
    }
    return parts;
  }

  /** Branch and bound on one part. */
  private static final class Search {
    private final List<BitSet> sets;
    private final int rootBound;
    private int nodesLeft;
    private BitSet best;

    Search(List<BitSet> sets, int nodes) {
      this.sets = sets;
      this.nodesLeft = nodes;
      this.best = greedy();
      this.rootBound = bound(new BitSet(), new BitSet());
      branch(new BitSet(), new BitSet());
    }

    boolean isComplete() {
      return nodesLeft > 0 || best.cardinality() == rootBound;
    }

    private BitSet greedy() {
      BitSet chosen = new BitSet();
      List<BitSet> open = new ArrayList<>(sets);
      while (!open.isEmpty()) {
        int element = mostFrequent(open, new BitSet());
        chosen.set(element);
        open.removeIf(set -> set.get(element));
      }
      return chosen;
    }

    private static int mostFrequent(List<BitSet> open, BitSet excluded) {
      int[] count = new int[open.stream().mapToInt(BitSet::length).max().orElse(0)];
      int most = -1;
      for (BitSet set : open) {
        for (int e = set.nextSetBit(0); e >= 0; e = set.nextSetBit(e + 1)) {
          count[e]++;
          if (!excluded.get(e) && (most < 0 || count[e] > count[most])) {
            most = e;
          }
        }
      }
      return most;
    }

    /**
     * @param excluded elements that are decided not to be chosen
     */
    private void branch(BitSet chosen, BitSet excluded) {
      nodesLeft--;
      int needed = bound(chosen, excluded);
      if (nodesLeft <= 0 || needed < 0 || chosen.cardinality() + needed >= best.cardinality()) {
        return;
      }
      List<BitSet> open = open(chosen);
      if (open.isEmpty()) {
        best = (BitSet) chosen.clone();
        return;
      }
      int element = mostFrequent(open, excluded);
      BitSet with = (BitSet) chosen.clone();
      with.set(element);
      branch(with, excluded);
      BitSet without = (BitSet) excluded.clone();
      without.set(element);
      branch(chosen, without);
    }

    private List<BitSet> open(BitSet chosen) {
      return sets.stream().filter(set -> !set.intersects(chosen)).toList();
    }

    /**
     * How many more elements are needed at least; −1 if no choice is possible. Of disjoint sets
     * each needs one, of a clique of n elements whose pairs are all sets n − 1 are needed.
     */
    private int bound(BitSet chosen, BitSet excluded) {
      List<BitSet> open = new ArrayList<>();
      for (BitSet set : open(chosen)) {
        BitSet left = (BitSet) set.clone();
        left.andNot(excluded);
        if (left.isEmpty()) {
          return -1;
        }
        open.add(left);
      }
      open.sort(Comparator.comparingInt(BitSet::cardinality));
      int needed = 0;
      BitSet used = new BitSet();
      for (BitSet set : open) {
        if (!set.intersects(used)) {
          BitSet clique = set.cardinality() == 2 ? clique(set, used, open) : set;
          needed += set.cardinality() == 2 ? clique.cardinality() - 1 : 1;
          used.or(clique);
        }
      }
      return needed;
    }

    /** Extends a pair, from unused elements, to a clique of the pairs among the sets. */
    private static BitSet clique(BitSet pair, BitSet used, List<BitSet> sets) {
      List<BitSet> pairs = sets.stream().filter(set -> set.cardinality() == 2).toList();
      BitSet clique = (BitSet) pair.clone();
      BitSet candidates = new BitSet();
      pairs.forEach(candidates::or);
      candidates.andNot(used);
      candidates.andNot(pair);
      for (int e = candidates.nextSetBit(0); e >= 0; e = candidates.nextSetBit(e + 1)) {
        int element = e;
        long links =
            pairs.stream()
                .filter(p -> p.get(element))
                .filter(p -> clique.stream().anyMatch(c -> c != element && p.get(c)))
                .distinct()
                .count();
        if (links == clique.cardinality()) {
          clique.set(e);
        }
      }
      return clique;
    }
  }
}
