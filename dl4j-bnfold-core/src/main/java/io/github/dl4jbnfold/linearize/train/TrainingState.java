package io.github.dl4jbnfold.linearize.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a training remembers beside its network. There is no state of random numbers: they are
 * functions of the seed and the step.
 *
 * @param options all that the result depends on, as text; a training goes on with these only
 * @param milestones of the phases before
 * @param history of all epochs so far, those of the phases before included
 */
record TrainingState(
    @JsonProperty("phase") Phase phase,
    @JsonProperty("options") SortedMap<String, String> options,
    @JsonProperty("progress") PhaseState progress,
    @JsonProperty("milestones") Milestones milestones,
    @JsonProperty("history") List<EpochResult> history) {
  TrainingState {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    history = List.copyOf(history);
  }
}
