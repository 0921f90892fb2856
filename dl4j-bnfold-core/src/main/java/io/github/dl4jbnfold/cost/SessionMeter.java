package io.github.dl4jbnfold.cost;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures a work as a session of SameDiff runs it: a graph with copies of the operator against the
 * same graph without them, so that what the session does for each operator counts and what it does
 * for each run does not.
 */
final class SessionMeter implements ToDoubleFunction<Work> {
  /** A run of the copies should take so many nanoseconds. */
  private static final long RUN = 6_000_000;

  private static final int MOST_COPIES = 16;

  private static final int WARM_UP_RUNS = 1500;
  private static final int WARM_UP_COPIES = 8;
  private static final long WARM_UP_LIMIT = 4_000_000_000L;

  private static final AtomicBoolean WARM = new AtomicBoolean();

  private final Turns turns;

  SessionMeter(int threads) {
    turns = Turns.of(threads);
  }

  @Override
  public double applyAsDouble(Work work) {
    if (!WorkGraph.TYPES.contains(work.type()) || !work.dataType().isFPType()) {
      throw new UnmeasurableWorkException(
          "%s cannot be measured: it is none of %s on floating-point numbers."
              .formatted(work, Work.types()));
    }
    warmUp();
    INDArray[] arrays = {};
    try {
      arrays = WorkGraph.arrays(work);
      return measure(work, arrays);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new UnmeasurableWorkException(
          "%s cannot be measured: %s. Maybe its shapes do not fit together."
              .formatted(work, e.getMessage()),
          e);
    } finally {
      // Large arrays would wait for the garbage collector.
      Arrays.stream(arrays).filter(INDArray::closeable).forEach(INDArray::close);
    }
  }

  private double measure(Work work, INDArray[] arrays) {
    long estimate = turns.estimate(WorkGraph.of(work, arrays, 1)::run);
    int copies = (int) Math.max(1, Math.min(MOST_COPIES, RUN / estimate));
    WorkGraph none = WorkGraph.of(work, arrays, 0);
    WorkGraph many = WorkGraph.of(work, arrays, copies);
    return turns.difference(none::run, many::run) / copies;
  }

  /**
   * Java compiles the session's own code only after some thousand runs of an operator, and anew
   * when a class of operators turns up that it has not seen.
   */
  private static void warmUp() {
    if (WARM.getAndSet(true)) {
      return;
    }
    long begin = System.nanoTime();
    List<WorkGraph> graphs = warmUpWorks().map(SessionMeter::graph).toList();
    for (int run = 0; run < WARM_UP_RUNS && System.nanoTime() - begin < WARM_UP_LIMIT; run++) {
      graphs.forEach(WorkGraph::run);
    }
  }

  private static Stream<Work> warmUpWorks() {
    long[] x = {1, 4, 4, 4};
    long[] channels = {4};
    return Stream.of(
        Work.of("identity", DataType.FLOAT, x),
        Work.of("add", DataType.FLOAT, x, x),
        Work.of("maximum", DataType.FLOAT, x, new long[] {1, 4, 1, 1}),
        Work.of("relu", DataType.FLOAT, x),
        Work.of("batchnorm", DataType.FLOAT, x, channels, channels).withIntegers(0, 0, 1),
        Work.of("conv2d", DataType.FLOAT, x, new long[] {1, 1, 4, 4})
            .withIntegers(1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0));
  }

  private static WorkGraph graph(Work work) {
    return WorkGraph.of(work, WorkGraph.arrays(work), WARM_UP_COPIES);
  }
}
