package io.github.dl4jbnfold.layers;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** The learning rate of an updater, its schedule included, multiplied by a number. */
public final class FasterSchedule implements ISchedule {
  private static final long serialVersionUID = 1;

  private final IUpdater updater;
  private final double factor;

  private FasterSchedule(IUpdater updater, double factor) {
    this.updater = updater;
    this.factor = factor;
  }

  @JsonCreator
  static FasterSchedule of(
      @JsonProperty("updater") IUpdater updater, @JsonProperty("factor") double factor) {
    return new FasterSchedule(updater, factor);
  }

  /**
   * A copy of an updater that learns faster, or slower.
   *
   * @return the same updater if it has no learning rate
   */
  public static IUpdater faster(IUpdater updater, double factor) {
    if (!updater.hasLearningRate() || factor == 1) {
      return updater.clone();
    }
    IUpdater copy = updater.clone();
    copy.setLrAndSchedule(Double.NaN, new FasterSchedule(updater, factor));
    return copy;
  }

  @JsonProperty("updater")
  IUpdater updater() {
    return updater;
  }

  @JsonProperty("factor")
  double factor() {
    return factor;
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    return factor * updater.getLearningRate(iteration, epoch);
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public ISchedule clone() {
    return new FasterSchedule(updater.clone(), factor);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FasterSchedule schedule
        && updater.equals(schedule.updater)
        && factor == schedule.factor;
  }

  @Override
  public int hashCode() {
    return 31 * updater.hashCode() + Double.hashCode(factor);
  }
}
