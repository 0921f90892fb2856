package io.github.dl4jbnfold.plan;

/**
 * How far a gauge may go before rounding hurts. Theory, section 6: a tensor that is carried as a·v
 * + c with |c/a| far above the size of v loses that many digits of v.
 *
 * @param relativeShift the largest |c/a| of a tensor that an operator reads which stays
 * @param scaleRange the largest ratio of two scales of one tensor
 */
public record Limits(double relativeShift, double scaleRange) {
  /** For networks in 64-bit floating point. */
  public static final Limits FLOAT64 = new Limits(1e5, 1e10);

  /** For networks in 32-bit floating point. */
  public static final Limits FLOAT32 = new Limits(200, 1e10);

  /** For networks in 16-bit floating point. */
  public static final Limits FLOAT16 = new Limits(4, 1e3);

  /** The limits of a floating-point type with a relative rounding error. */
  public static Limits of(double unit) {
    return unit <= 0x1p-53 ? FLOAT64 : unit <= 0x1p-24 ? FLOAT32 : FLOAT16;
  }
}
