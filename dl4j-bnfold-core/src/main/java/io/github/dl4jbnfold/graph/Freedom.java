package io.github.dl4jbnfold.graph;

/**
 * Which numbers of an affine operator y = s·x + t can become others, one per channel, without a new
 * operator. A number inside an operator, instead of a constant that it reads, stays what it is.
 */
public enum Freedom {
  /** Any s and any t. */
  BOTH,
  /** Any s ≠ 0 and any t: what is added is added first, y = s·(x + t/s). */
  BOTH_NONZERO,
  /** Any s. */
  SCALE,
  /** Any t. */
  SHIFT,
  /** None. */
  NONE
}
