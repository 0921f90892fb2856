package io.github.dl4jbnfold.linearize.train;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What layer folding came to.
 *
 * @param network merged and fine-tuned; its updaters are those of the training with the learning
 *     rate of the last step, and without moments
 * @param linear the gates that became linear
 * @param alphas of all gates when these were chosen
 * @param scores of the networks on the way
 * @param history of all epochs of all phases
 */
public record LayerFoldingResult<M>(
    M network,
    SortedSet<String> linear,
    SortedMap<String, Double> alphas,
    Scores scores,
    List<EpochResult> history) {
  public LayerFoldingResult {
    linear = Collections.unmodifiableSortedSet(new TreeSet<>(linear));
    alphas = Collections.unmodifiableSortedMap(new TreeMap<>(alphas));
    history = List.copyOf(history);
  }
}
