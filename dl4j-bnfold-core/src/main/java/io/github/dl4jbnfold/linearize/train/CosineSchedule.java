package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A learning rate that rises in a straight line and falls as a cosine does (Loshchilov and Hutter,
 * <i>SGDR</i>, ICLR 2017, equation 5, without restarts). In iteration t of n, w of them for the
 * rise:
 *
 * <pre>
 * t &lt; w:  rate·(t + 1)/w
 * t ≥ w:  last + (rate − last)·(1 + cos(π·(t − w)/(n − w)))/2
 * </pre>
 *
 * <p>and last from iteration n on. For any updater of DL4J; a network whose configuration has it
 * needs this class to be loaded.
 */
public final class CosineSchedule implements ISchedule {
  private static final long serialVersionUID = 1;

  @JsonProperty("rate")
  private final double rate;

  @JsonProperty("iterations")
  private final int iterations;

  @JsonProperty("warmup")
  private final int warmup;

  @JsonProperty("last")
  private final double last;

  /**
   * A schedule.
   *
   * @param rate the largest learning rate
   * @param iterations in all
   * @param warmup the iterations in which it rises
   * @param last the learning rate at the end
   */
  @JsonCreator
  public CosineSchedule(
      @JsonProperty("rate") double rate,
      @JsonProperty("iterations") int iterations,
      @JsonProperty("warmup") int warmup,
      @JsonProperty("last") double last) {
    if (!(rate >= 0 && last >= 0 && rate < 1 / 0.0 && last < 1 / 0.0)) {
      throw new IllegalArgumentException(
          "Learning rates are 0 or more, not %s and %s.".formatted(rate, last));
    }
    if (warmup < 0 || iterations <= warmup) {
      throw new IllegalArgumentException(
          "A learning rate cannot rise in %d of %d iterations.".formatted(warmup, iterations));
    }
    this.rate = rate;
    this.iterations = iterations;
    this.warmup = warmup;
    this.last = last;
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmup) {
      return rate * (iteration + 1) / warmup;
    }
    double done = Math.min(1, (iteration - warmup) / (double) (iterations - warmup));
    return last + (rate - last) * (1 + Math.cos(Math.PI * done)) / 2;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public CosineSchedule clone() {
    return this; // It does not change.
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CosineSchedule schedule
        && Double.compare(rate, schedule.rate) == 0
        && iterations == schedule.iterations
        && warmup == schedule.warmup
        && Double.compare(last, schedule.last) == 0;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(rate) + 31 * (iterations + 31 * (warmup + 31 * Double.hashCode(last)));
  }

  @Override
  public String toString() {
    return "CosineSchedule(rate=%s, iterations=%d, warmup=%d, last=%s)"
        .formatted(rate, iterations, warmup, last);
  }
}
