package io.github.dl4jbnfold.linearize.train;

import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds the first example whose labels are not what they have to be. */
final class LabelCheck {
  private static final double TOLERANCE = 1e-3;

  private LabelCheck() {}

  /** The first element that is no finite number. */
  static OptionalLong firstNotFinite(INDArray array) {
    if (Double.isFinite(array.sumNumber().doubleValue())) {
      return OptionalLong.empty();
    }
    double[] values = values(array); // A sum of finite numbers may be infinite.
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        return OptionalLong.of(i);
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The first position, in c order without the axis of the classes, that holds no label.
   *
   * @param mask of the positions that count; null for all
   */
  static OptionalLong firstWrong(
      INDArray labels, @Nullable INDArray mask, LabelKind kind, int axis) {
    if (kind == LabelKind.NUMBERS) {
      return OptionalLong.empty();
    }
    double[] sums = values(labels.sum(axis));
    double[] largest = values(labels.max(axis));
    double[] least = values(labels.min(axis));
    double[] counts = mask == null ? null : values(mask);
    if (counts != null && counts.length != sums.length) {
      return OptionalLong.empty(); // A mask of single numbers: there are no whole labels.
    }
    for (int i = 0; i < sums.length; i++) {
      boolean whole = Math.abs(sums[i] - 1) <= TOLERANCE && least[i] >= 0;
      boolean fits = whole && (kind != LabelKind.ONE_HOT || largest[i] >= 1 - TOLERANCE);
      if (!fits && (counts == null || counts[i] != 0)) {
        return OptionalLong.of(i);
      }
    }
    return OptionalLong.empty();
  }

  /** The labels of one position. */
  static String text(INDArray labels, long position, int axis) {
    long inner = 1;
    for (int i = axis + 1; i < labels.rank(); i++) {
      inner *= labels.size(i);
    }
    int classes = Math.toIntExact(labels.size(axis));
    double[] values = values(labels);
    double[] label = new double[Math.min(classes, 10)];
    long start = (position / inner) * classes * inner + position % inner;
    for (int k = 0; k < label.length; k++) {
      label[k] = values[Math.toIntExact(start + k * inner)];
    }
    String text = Arrays.toString(label);
    return classes > label.length ? text.substring(0, text.length() - 1) + ", …]" : text;
  }

  private static double[] values(INDArray array) {
    return array.dup('c').data().asDouble();
  }
}
