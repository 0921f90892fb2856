package io.github.dl4jbnfold.linearize.network;

/** What an activation is when it is linear. */
public enum EndPoint {
  /** It leaves everything as it is, as in the paper. */
  IDENTITY,
  /** The line nearest to it on calibration data, channel by channel. */
  LEAST_SQUARES,
  /**
   * The line nearest to it if what it reads is distributed as the batch normalization before it
   * says; without one, the identity.
   */
  CLOSED_FORM
}
