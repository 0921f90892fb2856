package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;

/**
 * How much worse a network becomes by making activations linear: the rise of an error that somebody
 * measures, a loss or a share of wrong answers on a sample (I(i, j) of Kim et al., ICML 2023,
 * without the fine-tuning). Each set of activations is measured once.
 */
final class Importance {
  private final SourceNetwork gated;
  private final ToDoubleFunction<Model> error;
  private final double before;
  private final Map<Set<String>, Double> known = new HashMap<>();

  /**
   * @param gated with all α = 0; they change while errors are measured
   */
  Importance(SourceNetwork gated, ToDoubleFunction<Model> error) {
    this.gated = gated;
    this.error = error;
    this.before = error(List.of());
    known.put(Set.of(), 0.0);
  }

  /** The rise of the error if some activations were linear and the others not. */
  OptionalDouble of(Set<String> linear) {
    Double measured = known.get(linear);
    if (measured == null) {
      measured = error(linear) - before;
      known.put(Set.copyOf(linear), measured);
    }
    return OptionalDouble.of(measured);
  }

  private double error(Collection<String> linear) {
    try {
      linear.forEach(gate -> set(gate, 1));
      double measured = error.applyAsDouble(gated.model());
      if (Double.isNaN(measured)) {
        throw new FoldingException(
            linear.isEmpty()
                ? "The error of the network is not a number."
                : "The error with %s linear is not a number."
                    .formatted(String.join(", ", new TreeSet<>(linear))));
      }
      return measured;
    } finally {
      linear.forEach(gate -> set(gate, 0));
    }
  }

  private void set(String gate, double alpha) {
    Objects.requireNonNull(gated.parameters(gate).get(GateLayer.ALPHA)).assign(alpha);
  }
}
