package io.github.dl4jbnfold.plan;

/** What a plan aims at. */
public enum Objective {
  /**
   * As few batch normalizations as possible; activations may become clamps, biases may become maps.
   */
  FEWEST_BATCH_NORMS,
  /**
   * Only weights, biases and constants change. Two exceptions cost no more than the batch
   * normalization that goes: a matrix product without bias gets an addition in exchange for it, and
   * arithmetic with a number inside the operator may become the same arithmetic with a constant.
   */
  NO_NEW_OPERATORS
}
