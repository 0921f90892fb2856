package io.github.dl4jbnfold.linearize.train;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A step that is done.
 *
 * @param step of the phase, from 1
 * @param steps of the phase in all
 * @param loss of the batch before the step, with penalties
 * @param score of the last validation in this phase; null before the first
 * @param alphas of the gates after the step, by their names; empty if there are none
 * @param secondsLeft of the phase, if it goes on as fast as until now
 */
public record TrainingStep(
    Phase phase,
    long step,
    long steps,
    double loss,
    @Nullable Double score,
    SortedMap<String, Double> alphas,
    double secondsLeft) {}
