package io.github.dl4jbnfold.linearize.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A training at one step.
 *
 * @param network with its moments and counts
 * @param kept the parameters that the phase would end with, if it ended; null for those of the
 *     network
 */
record Checkpoint<M>(Path file, TrainingState state, Trainee<M> network, @Nullable INDArray kept) {
  /** Refuses to go on with other options. */
  void requireOptions(Map<String, String> options) {
    SortedSet<String> names = new TreeSet<>(options.keySet());
    names.addAll(state.options().keySet());
    for (String name : names) {
      String now = options.getOrDefault(name, "none");
      String then = state.options().getOrDefault(name, "none");
      if (!now.equals(then)) {
        throw new CheckpointException(
            "The training of the checkpoint %s has other options: its %s is %s, not %s. Maybe train in"
                    .formatted(file, name, then, now)
                + " another folder.");
      }
    }
  }
}
