package io.github.dl4jbnfold.cost;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How much longer one job takes than another. They run in turns, so that what else the machine does
 * hits both alike; and since that only ever adds time, the lower quartile of each job's times
 * counts. Batches of turns go on until the two quickest of at least three agree, which outlasts
 * Java's compiler and bad moments of the machine.
 *
 * @param clock nanoseconds that count as time of the jobs
 * @param watch nanoseconds by which patience runs out
 */
public record Turns(LongSupplier clock, LongSupplier watch) {
  private static final long BATCH = 20_000_000;
  private static final long PATIENCE = 800_000_000;
  private static final int LEAST_TURNS = 5;
  private static final int LEAST_BATCHES = 3;
  private static final int ESTIMATES = 5;
  private static final double AGREEMENT = 0.05;

  /**
   * Where one thread does all the work, its own time is exact however busy the machine is; where
   * several do, time on the wall is all there is.
   *
   * @param threads that do the work
   * @return a watch of the thread, or one on the wall
   */
  public static Turns of(int threads) {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    boolean own =
        threads == 1
            && Nd4j.getEnvironment().isCPU()
            && bean.isCurrentThreadCpuTimeSupported()
            && bean.isThreadCpuTimeEnabled();
    return new Turns(own ? bean::getCurrentThreadCpuTime : System::nanoTime, System::nanoTime);
  }

  /**
   * Seconds of the longer job less those of the shorter one; zero where noise says less.
   *
   * @param shorter is run as often as the longer one, in turns with it
   * @param longer does what the shorter one does, and more
   * @return seconds
   */
  public double difference(Runnable shorter, Runnable longer) {
    List<Double> differences = new ArrayList<>();
    long start = watch.getAsLong();
    do {
      differences.add(batch(shorter, longer, start));
    } while (!agree(differences) && watch.getAsLong() - start < PATIENCE);
    return Math.max(0, settled(differences)) / 1e9;
  }

  /** About how many nanoseconds a job takes, at least one, after a run that does not count. */
  long estimate(Runnable job) {
    long start = watch.getAsLong();
    job.run();
    long quickest = Long.MAX_VALUE;
    for (int run = 0; run < ESTIMATES; run++) {
      quickest = Math.min(quickest, time(job));
      if (watch.getAsLong() - start > BATCH) {
        break;
      }
    }
    return Math.max(1, quickest);
  }

  /** Fewer turns than the least only where a turn alone exhausts the patience. */
  private double batch(Runnable shorter, Runnable longer, long start) {
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();
    long begin = watch.getAsLong();
    long now = begin;
    do {
      first.add(time(shorter));
      second.add(time(longer));
      now = watch.getAsLong();
    } while (now - start < PATIENCE && (first.size() < LEAST_TURNS || now - begin < BATCH));
    return lowerQuartile(second) - lowerQuartile(first);
  }

  private long time(Runnable job) {
    long begin = clock.getAsLong();
    job.run();
    return clock.getAsLong() - begin;
  }

  private static boolean agree(List<Double> differences) {
    List<Double> sorted = differences.stream().sorted().toList();
    return sorted.size() >= LEAST_BATCHES
        && sorted.get(1) - sorted.get(0) <= AGREEMENT * Math.abs(sorted.get(1));
  }

  /** The second quickest: the quickest may owe it to a disturbance of the shorter job. */
  private static double settled(List<Double> differences) {
    List<Double> sorted = differences.stream().sorted().toList();
    return sorted.get(Math.min(1, sorted.size() - 1));
  }

  /** The value below which a quarter of all lie, between two neighbours in proportion. */
  static double lowerQuartile(List<? extends Number> values) {
    double[] sorted = values.stream().mapToDouble(Number::doubleValue).toArray();
    Arrays.sort(sorted);
    double position = (sorted.length - 1) / 4.0;
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
