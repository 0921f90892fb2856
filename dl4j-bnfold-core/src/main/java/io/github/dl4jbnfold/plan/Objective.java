package io.github.dl4jbnfold.plan;

/** What a plan aims at. */
public enum Objective {
  /**
   * As few batch normalizations as possible: activations may become clamps, convolutions may read a
   * channel of ones, paddings may pad another value, biases may become maps.
   */
  FEWEST_BATCH_NORMS,
  /**
   * The shortest run on this machine, by the measured costs of what goes and of what is added for
   * it. Of a batch normalization that cannot go, an addition may be left.
   */
  FASTEST,
  /**
   * Only weights, biases and constants change. Three exceptions cost no more than the batch
   * normalization that goes: a matrix product without bias gets an addition in exchange for it, a
   * multiplication by a constant that stays may get one, and arithmetic with a number inside the
   * operator may become the same arithmetic with a constant.
   */
  NO_NEW_OPERATORS
}
