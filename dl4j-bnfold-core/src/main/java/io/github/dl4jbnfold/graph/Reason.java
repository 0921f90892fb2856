package io.github.dl4jbnfold.graph;

/** Why a batch normalization stays. The names are stable: reports carry them. */
public enum Reason {
  /** Two paths to fixed or shared tensors ask for different scales. */
  SCALE_CONFLICT,
  /** A negative scale meets an operator that only a positive scale passes. */
  SIGN_CONFLICT,
  /** The shift has nowhere to go: the shift equations contradict each other. */
  SHIFT_CONFLICT,
  /** A channel with scale 0 has neither a linear producer of its own nor only linear readers. */
  ZERO_SCALE,
  /** Removing it is possible on paper but would lose precision beyond the limit. */
  ILL_CONDITIONED,
  /** It could go, but the network would be slower: see the objective FASTEST. */
  NOT_FASTER,
  /** Both its input and its output must keep their names and values. */
  OUTPUT,
  /** It normalizes with the statistics of the batch, or has no running statistics. */
  BATCH_STATISTICS,
  /** Its parameters are computed by the network or are not known. */
  NOT_CONSTANT,
  /** Its parameters are NaN or infinite, or its variance is negative. */
  INVALID_PARAMETERS,
  /** Its form (several axes, shapes that do not match) is not supported. */
  UNSUPPORTED_FORM,
  /** The user asked to keep it. */
  USER
}
