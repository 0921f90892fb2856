package io.github.dl4jbnfold.linearize.train;

/**
 * Is told how a training goes, in the thread that trains. What it throws ends the training, which
 * goes on from its last checkpoint when it is started again.
 */
@FunctionalInterface
public interface TrainingProgress {
  /** A step is done. */
  void step(TrainingStep step);

  /** An epoch is done and validated. */
  default void epoch(EpochResult result) {}

  /** A validation has seen some more examples. */
  default void validating(Phase phase, long examples) {}
}
