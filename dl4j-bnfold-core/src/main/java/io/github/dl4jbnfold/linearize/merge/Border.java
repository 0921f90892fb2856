package io.github.dl4jbnfold.linearize.merge;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What two convolutions read at the border of what is between them, and one in their place does
 * not. The second reads zeros there; one convolution acts as if the first had gone on beyond its
 * border.
 */
public enum Border {
  /** There is no difference. */
  NONE,
  /** There the first would have written its bias: the difference is the same for every input. */
  BIAS,
  /** There the first would have read the input. */
  RING;

  /**
   * The difference between two convolutions and one for an input of given sizes, one for each
   * spatial axis of the first.
   *
   * <p>There is none iff no output reads beyond the border, or, for every position p beyond it that
   * one reads, s1·p + d1·u − p1 lies outside of the input for all u and the first has no bias.
   *
   * @param hasBias whether the first has one
   */
  public static Border between(Form first, boolean hasBias, Form second, long... sizes) {
    Border worst = NONE;
    for (int i = 0; i < sizes.length; i++) {
      Axis one = first.axes().get(i);
      Axis two = second.axes().get(i);
      long size = sizes[i];
      long middle = one.outputs(size);
      IntPredicate readsInput = p -> readsInput(one, p, size);
      IntStream beyond = positions(two, middle).filter(p -> p < 0 || p >= middle).distinct();
      int[] touched = beyond.toArray();
      if (IntStream.of(touched).anyMatch(readsInput)) {
        return RING;
      } else if (touched.length > 0 && hasBias) {
        worst = BIAS;
      }
    }
    return worst;
  }

  /** The positions that an axis reads. */
  private static IntStream positions(Axis axis, long inputs) {
    return IntStream.range(0, Math.toIntExact(axis.outputs(inputs)))
        .flatMap(
            j ->
                IntStream.range(0, axis.kernel())
                    .map(v -> axis.stride() * j + axis.dilation() * v - axis.before()));
  }

  private static boolean readsInput(Axis axis, int position, long size) {
    return IntStream.range(0, axis.kernel())
        .map(u -> axis.stride() * position + axis.dilation() * u - axis.before())
        .anyMatch(read -> read >= 0 && read < size);
  }
}
