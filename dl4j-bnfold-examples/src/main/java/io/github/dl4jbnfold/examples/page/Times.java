package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.examples.view.NetworkView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Times of two networks on the same inputs, medians of runs in turns.
 *
 * @param whole milliseconds of a run before and after
 * @param partsBefore milliseconds by part, each run alone; empty where that cannot be
 * @param rounds how often each was measured
 * @param threads that ND4J computed with
 */
record Times(
    PairTimes whole,
    Map<String, Double> partsBefore,
    Map<String, Double> partsAfter,
    int rounds,
    int threads) {
  private static final int MOST_ROUNDS = 41;
  private static final int LEAST_ROUNDS = 5;
  private static final double SECONDS = 4;

  static Times measure(NetworkView before, NetworkView after, Map<String, INDArray> inputs) {
    Runnable first = () -> before.outputs(inputs);
    Runnable second = () -> after.outputs(inputs);
    PairTimes estimate = PairTimes.measure(first, second, 1);
    double pair = Math.max(1e-3, (estimate.before() + estimate.after()) / 1000);
    int rounds = (int) Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, SECONDS / pair));
    PairTimes whole = PairTimes.measure(first, second, rounds);
    List<Map<String, Long>> walksBefore = new ArrayList<>();
    List<Map<String, Long>> walksAfter = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      walksBefore.add(before.walk(inputs).nanoseconds());
      walksAfter.add(after.walk(inputs).nanoseconds());
    }
    return new Times(whole, medians(walksBefore), medians(walksAfter), rounds, PairTimes.threads());
  }

  private static Map<String, Double> medians(List<Map<String, Long>> walks) {
    Map<String, Double> medians = new HashMap<>();
    for (String part : walks.get(0).keySet()) {
      long[] sorted =
          walks.stream()
              .filter(w -> w.containsKey(part))
              .mapToLong(w -> w.get(part))
              .sorted()
              .toArray();
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1
              ? sorted[middle]
              : (sorted[middle - 1] + (double) sorted[middle]) / 2;
      medians.put(part, median / 1e6);
    }
    return medians;
  }
}
