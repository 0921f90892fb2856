package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One more channel, constantly 1, that a linear operator emits and that all readers see: where it
 * is padded with zeros, its weights take out a shift exactly as far as there is one, at any size of
 * the input. Theory, section 4.
 *
 * @param writer emits the channel
 * @param tensors those that carry it
 * @param readers the linear operators that read it, with weights 0 where there is no shift
 */
public record OnesChannel(Linear writer, Set<Tensor> tensors, Set<Linear> readers) {

  /**
   * All channels that could be, by the tensors that would carry them.
   *
   * @param gone which affine operators will not be there
   */
  static Map<Tensor, OnesChannel> all(Graph graph, Predicate<Removable> gone) {
    Map<Tensor, OnesChannel> all = new HashMap<>();
    for (Operator operator : graph.operators()) {
      if (operator instanceof Linear linear && isDense(linear)) {
        of(graph, linear, gone).ifPresent(ones -> ones.tensors.forEach(t -> all.put(t, ones)));
      }
    }
    return all;
  }

  private static boolean isDense(Linear linear) {
    return linear.abilities().contains(Linear.Ability.DENSE_KERNEL);
  }

  /** Follows the channel to where it ends; empty if a reader could not bear it. */
  private static Optional<OnesChannel> of(Graph graph, Linear writer, Predicate<Removable> gone) {
    OnesChannel ones = new OnesChannel(writer, new LinkedHashSet<>(), new LinkedHashSet<>());
    Deque<Tensor> inside = new ArrayDeque<>();
    // Behind a padding the channel is 0 at the border, which only linear operators read rightly.
    Deque<Tensor> padded = new ArrayDeque<>();
    inside.add(writer.output());
    while (!inside.isEmpty() || !padded.isEmpty()) {
      boolean isPadded = inside.isEmpty();
      Tensor tensor = isPadded ? padded.remove() : inside.remove();
      ones.tensors.add(tensor);
      for (Operator reader : graph.readers(tensor)) {
        if (reader instanceof Linear linear && isDense(linear)) {
          ones.readers.add(linear);
        } else if (reader instanceof ZeroPadding padding) {
          padded.add(padding.output());
        } else if (!isPadded && passes(reader, gone)) {
          inside.addAll(reader.outputs());
        } else {
          return Optional.empty();
        }
      }
    }
    return Optional.of(ones);
  }

  private static boolean passes(Operator reader, Predicate<Removable> gone) {
    return reader instanceof Removable affine ? gone.test(affine) : reader.passesOnes();
  }
}
