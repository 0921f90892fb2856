package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;

/**
 * What the validation says of the networks on the way.
 *
 * @param original before anything was done
 * @param beforeMerging with its gates, after pre-folding
 * @param afterMerging the gates gone, the layers merged
 * @param afterFineTuning the result
 * @param baseline the original, trained for as many steps as the result; null if it was not
 */
public record Scores(
    double original,
    double beforeMerging,
    double afterMerging,
    double afterFineTuning,
    @Nullable Double baseline) {}
