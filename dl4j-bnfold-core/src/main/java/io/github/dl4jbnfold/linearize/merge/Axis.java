package io.github.dl4jbnfold.linearize.merge;

import java.util.List;
import java.util.Optional;

/**
 * One spatial axis of a convolution: output position j reads the input positions stride·j +
 * dilation·u − before, u = 0 … kernel − 1. What lies beyond a border is 0.
 *
 * @param before zeros in front of the input; negative for positions that are cut off
 * @param after zeros behind it, likewise
 */
public record Axis(int kernel, int stride, int dilation, int before, int after) {
  /** An axis along which each output reads the input at its own position. */
  public static final Axis POINT = new Axis(1, 1, 1, 0, 0);

  public Axis {
    if (kernel < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException(
          "No convolution has kernel %d, stride %d, dilation %d."
              .formatted(kernel, stride, dilation));
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

  /**
   * The same axis with as many zeros as it takes to write one output for each stride begun; an odd
   * one comes last.
   */
  public Axis paddedToSame(long inputs) {
    long outputs = (inputs + stride - 1) / stride;
    long total = Math.max(0, (outputs - 1) * stride + extent() - inputs);
    int first = Math.toIntExact(total / 2);
    return padded(first, Math.toIntExact(total - first));
  }

  /**
   * An axis with all taps of several; empty if they do not go on by the same strides or do not
   * write equal sizes.
   */
  static Optional<Axis> containing(List<Axis> axes, long size) {
    Axis some = axes.get(0);
    int before = axes.stream().mapToInt(Axis::before).max().orElseThrow();
    int slack = axes.stream().mapToInt(Axis::slack).max().orElseThrow();
    int last = Integer.MIN_VALUE;
    int dilation = 0;
    for (Axis axis : axes) {
      if (axis.stride() != some.stride() || axis.outputs(size) != some.outputs(size)) {
        return Optional.empty();
      }
      last = Math.max(last, axis.extent() - axis.before());
      dilation = greatestCommonDivisor(dilation, axis.step());
      dilation = greatestCommonDivisor(dilation, before - axis.before());
    }
    int extent = before + last;
    int unit = Math.max(1, dilation);
    // The same slack as the branches: so it writes as many positions.
    int after = slack + extent - before;
    return Optional.of(new Axis((extent - 1) / unit + 1, some.stride(), unit, before, after));
  }

  static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
