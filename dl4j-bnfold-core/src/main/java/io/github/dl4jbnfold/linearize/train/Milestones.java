package io.github.dl4jbnfold.linearize.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the phases before have left. Scores are null where they are not known yet.
 *
 * @param original score of the original network
 * @param baseline score of the original network that was trained as long as the folded one
 * @param beforeMerging score of the network with its gates
 * @param afterMerging score of the merged network
 * @param alphas of the gates when they were chosen from
 * @param linear the gates that became linear
 */
record Milestones(
    @JsonProperty("original") @Nullable Double original,
    @JsonProperty("baseline") @Nullable Double baseline,
    @JsonProperty("beforeMerging") @Nullable Double beforeMerging,
    @JsonProperty("afterMerging") @Nullable Double afterMerging,
    @JsonProperty("alphas") SortedMap<String, Double> alphas,
    @JsonProperty("linear") SortedSet<String> linear) {
  static final Milestones NONE =
      new Milestones(null, null, null, null, new TreeMap<>(), new TreeSet<>());

  Milestones {
    alphas = Collections.unmodifiableSortedMap(new TreeMap<>(alphas));
    linear = Collections.unmodifiableSortedSet(new TreeSet<>(linear));
  }

  Milestones withOriginal(double score) {
    return new Milestones(score, baseline, beforeMerging, afterMerging, alphas, linear);
  }

  Milestones withBaseline(double score) {
    return new Milestones(original, score, beforeMerging, afterMerging, alphas, linear);
  }

  Milestones chosen(double score, SortedMap<String, Double> values, SortedSet<String> names) {
    return new Milestones(original, baseline, score, afterMerging, values, names);
  }

  Milestones merged(double score) {
    return new Milestones(original, baseline, beforeMerging, score, alphas, linear);
  }
}
