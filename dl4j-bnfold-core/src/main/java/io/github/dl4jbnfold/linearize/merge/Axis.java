package io.github.dl4jbnfold.linearize.merge;

/**
 * One spatial axis of a convolution: output position j reads the input positions stride·j +
 * dilation·u − before, u = 0 … kernel − 1. What lies beyond a border is 0.
 *
 * @param before zeros in front of the input
 * @param after zeros behind it
 */
public record Axis(int kernel, int stride, int dilation, int before, int after) {
  /** An axis along which each output reads the input at its own position. */
  public static final Axis POINT = new Axis(1, 1, 1, 0, 0);

  public Axis {
    if (kernel < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "No convolution has kernel %d, stride %d, dilation %d, padding %d and %d."
              .formatted(kernel, stride, dilation, before, after));
    }
  }

  /** How many positions from the first that an output reads to the last. */
  public int extent() {
    return dilation * (kernel - 1) + 1;
  }

  /** The number of outputs for a number of inputs. */
  public long outputs(long inputs) {
    return Math.floorDiv(inputs + slack(), stride) + 1;
  }

  /** What the padding leaves beyond the kernel; it alone tells the number of outputs. */
  int slack() {
    return before + after - extent();
  }

  /** The greatest common distance of the positions that one output reads; 0 for one position. */
  int step() {
    return kernel == 1 ? 0 : dilation;
  }

  boolean isPoint() {
    return kernel == 1 && before == 0 && after == 0;
  }

  /**
   * The axis of this convolution followed by another one: K = s1·d2·(k2 − 1) + d1·(k1 − 1) + 1, S =
   * s1·s2, P = p1 + s1·p2, the greatest dilation that both kernels share.
   */
  Axis then(Axis next) {
    int common = greatestCommonDivisor(step(), stride * next.step());
    int extent = stride * (next.extent() - 1) + extent();
    return new Axis(
        common == 0 ? 1 : (extent - 1) / common + 1,
        stride * next.stride,
        Math.max(common, 1),
        before + stride * next.before,
        after + stride * next.after);
  }

  /** The same axis with other padding. */
  public Axis padded(int zerosBefore, int zerosAfter) {
    return new Axis(kernel, stride, dilation, zerosBefore, zerosAfter);
  }

  static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
