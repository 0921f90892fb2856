/**
 * Trains networks with gates, and what layer folding makes of them: a loop that counts steps, the
 * data that it reads, what it remembers so that a run that was killed goes on, and all phases in a
 * row. A convenience: any training loop of Deeplearning4j trains the gates of a network.
 *
 * <p>What is trained is a {@link io.github.dl4jbnfold.linearize.train.Trainee}: a network of
 * layers, or what else implements it, as SameDiff graphs do.
 *
 * <p>Everything here is a function of its seeds: a run that was killed and goes on from a
 * checkpoint ends with the weights of one that was not.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.NullMarked;
