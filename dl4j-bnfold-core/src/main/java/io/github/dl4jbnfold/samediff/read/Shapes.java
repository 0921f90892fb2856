package io.github.dl4jbnfold.samediff.read;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of all variables in two runs that differ in every size that the placeholders leave
 * open. What both agree on is taken for fixed.
 *
 * @param first by variable, from one run
 * @param second by variable, from a run with another batch size and other sizes of free axes
 * @param isComplete whether the second run could change every open size but the batch: if not, no
 *     size is certain
 */
public record Shapes(Map<String, long[]> first, Map<String, long[]> second, boolean isComplete) {
  public Shapes {
    first = Map.copyOf(first);
    second = Map.copyOf(second);
  }

  /** The same with the runs exchanged. */
  Shapes exchanged() {
    return new Shapes(/* first= */ second, /* second= */ first, isComplete);
  }

  /** The shape of a variable in the first run; null if that did not compute it. */
  public long @Nullable [] of(String variable) {
    return first.get(variable);
  }

  /**
   * The shape of a variable that was computed, with one example where the batch size is free.
   *
   * @throws IllegalArgumentException if the first run did not compute it
   */
  public long[] ofBatchOne(String variable) {
    long[] shape = of(variable);
    if (shape == null) {
      throw new IllegalArgumentException("'" + variable + "' was not computed.");
    }
    long[] single = shape.clone();
    if (single.length > 0 && !isFixed(variable, 0)) {
      single[0] = 1;
    }
    return single;
  }

  /** Whether an axis has the same size in every run, for certain. */
  boolean isCertain(String variable, int axis) {
    return isComplete && isFixed(variable, axis);
  }

  /** Whether an axis has the same size in both runs. */
  public boolean isFixed(String variable, int axis) {
    long[] one = first.get(variable);
    long[] other = second.get(variable);
    return one != null
        && other != null
        && one.length == other.length
        && axis < one.length
        && one[axis] == other[axis];
  }

  /** Whether all axes but the first have the same size in every run. */
  public boolean hasFixedPositions(String variable) {
    long[] one = first.get(variable);
    for (int axis = 1; one != null && axis < one.length; axis++) {
      if (!isCertain(variable, axis)) {
        return false;
      }
    }
    return one != null;
  }
}
