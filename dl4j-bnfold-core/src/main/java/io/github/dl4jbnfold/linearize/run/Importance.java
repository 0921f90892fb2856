package io.github.dl4jbnfold.linearize.run;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * How much worse a network becomes by making activations linear: the rise of an error that somebody
 * measures, a loss or a share of wrong answers on a sample (I(i, j) of Kim et al., ICML 2023,
 * without the fine-tuning). Each set of activations is measured once.
 */
final class Importance {
  private final ToDoubleFunction<Set<String>> error;
  private final double before;
  private final Map<Set<String>, Double> known = new HashMap<>();

  Importance(ToDoubleFunction<Set<String>> error) {
    this.error = error;
    this.before = error.applyAsDouble(Set.of());
    known.put(Set.of(), 0.0);
  }

  /** The rise of the error if some activations were linear and the others not. */
  OptionalDouble of(Set<String> linear) {
    Double measured = known.get(linear);
    if (measured == null) {
      measured = error.applyAsDouble(linear) - before;
      known.put(Set.copyOf(linear), measured);
    }
    return OptionalDouble.of(measured);
  }
}
