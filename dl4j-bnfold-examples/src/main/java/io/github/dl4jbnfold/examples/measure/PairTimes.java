package io.github.dl4jbnfold.examples.measure;

import java.util.List;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Median times of two jobs that ran in turns in one process, so that whatever else the machine does
 * hits both alike.
 *
 * @param before milliseconds of the first job
 * @param after milliseconds of the second
 */
public record PairTimes(double before, double after) {
  /**
   * Runs both jobs in turns.
   *
   * @param rounds how often each is measured, after some rounds that are not
   */
  public static PairTimes measure(Runnable before, Runnable after, int rounds) {
    InterleavedTimes times =
        InterleavedTimes.measure(List.of(before, after), rounds, System::nanoTime);
    return new PairTimes(times.milliseconds(0).median(), times.milliseconds(1).median());
  }

  /** How many threads ND4J computes with; they decide most times. */
  public static int threads() {
    return natives().ompGetMaxThreads();
  }

  /**
   * Makes ND4J compute with one thread, unless the environment says how many. On a busy machine,
   * threads that wait for each other take most of the time of a small network.
   */
  public static void preferOneThread() {
    if (System.getenv("OMP_NUM_THREADS") == null) {
      natives().setOmpNumThreads(1);
      Nd4j.factory().blas().setMaxThreads(1);
    }
  }

  private static NativeOps natives() {
    // The holder does not start by itself where nothing of ND4J has run yet.
    Nd4j.getBackend();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }
}
