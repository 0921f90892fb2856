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
   * Only weights, biases and constants change, and operators go: of each type of operator there are
   * as many as before, or fewer. A convolution may get a bias as one more input. A matrix product
   * without bias and a multiplication by a constant hold no shift, and a number inside an operator
   * stays that number.
   */
  NO_NEW_OPERATORS
}
