package io.github.dl4jbnfold.verify;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/** What a floating-point type can tell apart. */
public enum Precision {
  /** 64 bits. */
  FLOAT64(DataType.DOUBLE, 0x1p-53, 1e-9),
  /** 32 bits. */
  FLOAT32(DataType.FLOAT, 0x1p-24, 1e-4),
  /** 16 bits, 11 of them for the fraction. */
  FLOAT16(DataType.FLOAT16, 0x1p-11, 1e-2),
  /** 16 bits, 8 of them for the fraction. */
  BFLOAT16(DataType.BFLOAT16, 0x1p-8, 5e-2);

  private final DataType type;
  private final double unit;
  private final double tolerance;

  Precision(DataType type, double unit, double tolerance) {
    this.type = type;
    this.unit = unit;
    this.tolerance = tolerance;
  }

  /**
   * The precision of a type; {@link #FLOAT32} for types that are no floating-point numbers.
   *
   * @param type of a network or an array
   * @return its precision
   */
  public static Precision of(DataType type) {
    return List.of(values()).stream()
        .filter(precision -> precision.type == type)
        .findFirst()
        .orElse(FLOAT32);
  }

  /**
   * The one with the fewest digits; types that are no floating-point numbers do not count.
   *
   * @param types of all that takes part
   * @return the one of them with the largest unit; {@link #FLOAT32} if none is of floating-point
   *     numbers
   */
  public static Precision narrowest(Collection<DataType> types) {
    return types.stream()
        .filter(DataType::isFPType)
        .map(Precision::of)
        .max(Comparator.naturalOrder())
        .orElse(FLOAT32);
  }

  /**
   * The largest relative error of one rounding.
   *
   * @return half the distance from 1 to the next number
   */
  public double unit() {
    return unit;
  }

  /**
   * The largest relative error of an output at which a rewritten network is accepted.
   *
   * @return relative to the largest magnitude of an output
   */
  public double tolerance() {
    return tolerance;
  }

  /**
   * The magnitude below which an output is rounding errors of the largest numbers on the way to it,
   * scaled so that the tolerance of it is a few dozen of those errors.
   *
   * @param largest magnitude of what was added up
   * @param accepted relative error that is accepted
   * @return the least magnitude that a difference is to be measured against
   */
  public double roundingFloor(double largest, double accepted) {
    return accepted > 0 ? 64 * unit * largest / accepted : 0;
  }
}
