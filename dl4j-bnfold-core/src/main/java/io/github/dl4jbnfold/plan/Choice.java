package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Repairable;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an attempt may do to make removals possible.
 *
 * @param removes whether anything is removed at all
 * @param forbidden operators that are not to be repaired
 * @param prefersMaps whether a border map is taken where a channel of ones would serve, too
 * @param mayReduce the batch normalizations of which an addition may be left where they cannot go
 */
record Choice(
    boolean removes,
    Set<Repairable> forbidden,
    boolean prefersMaps,
    Predicate<BatchNorm> mayReduce) {
  Choice {
    forbidden = Set.copyOf(forbidden);
  }

  /** Every repair, channels of ones first, nothing left in part. */
  static Choice free() {
    return new Choice(true, Set.of(), false, norm -> false);
  }

  /** The network as it is. */
  static Choice nothing() {
    return new Choice(false, Set.of(), false, norm -> false);
  }

  Choice without(Set<Repairable> more) {
    Set<Repairable> all = new LinkedHashSet<>(forbidden);
    all.addAll(more);
    return new Choice(removes, all, prefersMaps, mayReduce);
  }

  Choice preferringMaps() {
    return new Choice(removes, forbidden, true, mayReduce);
  }

  Choice reducing(Predicate<BatchNorm> some) {
    return new Choice(removes, forbidden, prefersMaps, some);
  }
}
