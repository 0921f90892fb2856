package io.github.dl4jbnfold.linearize.train;

/**
 * Is told how a training goes, in the thread that trains. What it throws ends the training, which
 * goes on from its last checkpoint when it is started again.
 */
@FunctionalInterface
public interface TrainingProgress {
  /**
   * A step is done.
   *
   * @param step its number, loss and phase
   */
  void step(TrainingStep step);

  /**
   * An epoch is done and validated.
   *
   * @param result its mean loss, its score, and α of all gates
   */
  default void epoch(EpochResult result) {}

  /**
   * A validation has seen some more examples.
   *
   * @param phase that the network is in
   * @param examples seen so far in this validation
   */
  default void validating(Phase phase, long examples) {}
}
