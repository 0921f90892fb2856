package io.github.dl4jbnfold.plan;

/**
 * How far a gauge may go before rounding hurts. Theory, section 6: a tensor that is carried as a·v
 * + c with |c/a| far above the size of v loses that many digits of v.
 *
 * @param relativeShift the largest |c/a| of a tensor that a linear operator or a kept batch
 *     normalization reads
 * @param scaleRange the largest ratio of two scales of one tensor
 */
public record Limits(double relativeShift, double scaleRange) {
  /** For networks in 64-bit floating point. */
  public static final Limits FLOAT64 = new Limits(1e5, 1e30);

  /** For networks in 32-bit floating point. */
  public static final Limits FLOAT32 = new Limits(200, 1e15);

  /** For networks in 16-bit floating point. */
  public static final Limits FLOAT16 = new Limits(4, 1e3);
}
