package io.github.dl4jbnfold.linearize.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an epoch, or what there was of the last one, came to.
 *
 * @param epoch from 0
 * @param step the number of steps of the phase so far
 * @param loss the mean of its steps, with penalties
 * @param score of the validation after it; null if there is none
 * @param alphas of the gates after it
 */
public record EpochResult(
    @JsonProperty("phase") Phase phase,
    @JsonProperty("epoch") long epoch,
    @JsonProperty("step") long step,
    @JsonProperty("loss") double loss,
    @JsonProperty("score") @Nullable Double score,
    @JsonProperty("alphas") SortedMap<String, Double> alphas) {
  public EpochResult {
    alphas = Collections.unmodifiableSortedMap(new TreeMap<>(alphas));
  }
}
