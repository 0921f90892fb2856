package io.github.dl4jbnfold.layers;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** The learning rate of another updater, times a factor: that of gates follows that of weights. */
public final class ScaledRate implements ISchedule {
  private static final long serialVersionUID = 1;

  /** Whose learning rate is followed. */
  @JsonProperty("updater")
  private final IUpdater updater;

  /** What that is multiplied by. */
  @JsonProperty("factor")
  private final double factor;

  /**
   * A schedule.
   *
   * @param updater with a learning rate
   * @param factor of its learning rate
   */
  @JsonCreator
  public ScaledRate(
      @JsonProperty("updater") IUpdater updater, @JsonProperty("factor") double factor) {
    this.updater = updater;
    this.factor = factor;
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    return factor * updater.getLearningRate(iteration, epoch);
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public ScaledRate clone() {
    return this; // It does not change.
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScaledRate rate
        && updater.equals((Object) rate.updater)
        && Double.compare(factor, rate.factor) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * updater.hashCode() + Double.hashCode(factor);
  }

  @Override
  public String toString() {
    return "ScaledRate(updater=%s, factor=%s)".formatted(updater, factor);
  }
}
