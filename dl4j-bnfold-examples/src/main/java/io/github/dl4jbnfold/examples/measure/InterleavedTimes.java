package io.github.dl4jbnfold.examples.measure;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times of some jobs that ran in turns in one process, so that whatever else the machine does hits
 * all alike.
 */
public final class InterleavedTimes {
  private static final int WARM_UP = 3;

  private final double[][] milliseconds;

  private InterleavedTimes(double[][] milliseconds) {
    this.milliseconds = milliseconds;
  }

  /**
   * Times that are known.
   *
   * @param milliseconds by job and round
   */
  public static InterleavedTimes of(double[][] milliseconds) {
    return new InterleavedTimes(milliseconds);
  }

  /** A median and the quartiles around it. */
  public record Spread(double lower, double median, double upper) {
    public static Spread of(double... values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Spread(quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    }

    /** Between two neighbours in proportion. */
    private static double quantile(double[] sorted, double share) {
      double position = (sorted.length - 1) * share;
      int below = (int) position;
      int above = Math.min(below + 1, sorted.length - 1);
      return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
  }

  /**
   * Runs all jobs one after the other, again and again.
   *
   * @param rounds how often each is measured, after some rounds that are not
   * @param clock nanoseconds
   */
  public static InterleavedTimes measure(List<Runnable> jobs, int rounds, LongSupplier clock) {
    double[][] times = new double[jobs.size()][rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      for (int job = 0; job < times.length; job++) {
        double time = milliseconds(jobs.get(job), clock);
        if (round >= 0) {
          times[job][round] = time;
        }
      }
    }
    return new InterleavedTimes(times);
  }

  private static double milliseconds(Runnable job, LongSupplier clock) {
    long start = clock.getAsLong();
    job.run();
    return (clock.getAsLong() - start) / 1e6;
  }

  /** The times of one job. */
  public Spread milliseconds(int job) {
    return Spread.of(milliseconds[job]);
  }

  /** The time of one job over that of another, round by round: a slow moment slows both. */
  public Spread ratio(int job, int other) {
    double[] ratios = new double[milliseconds[job].length];
    Arrays.setAll(ratios, round -> milliseconds[job][round] / milliseconds[other][round]);
    return Spread.of(ratios);
  }
}
