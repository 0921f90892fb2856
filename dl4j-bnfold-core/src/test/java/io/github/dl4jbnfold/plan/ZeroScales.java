package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where a constant may go that an affine operator y = s·x + t makes of a channel: because s = 0, or
 * because a scale of 0 before it makes x a constant (theory, section 6). Like {@link
 * DenseEquations} this is read off the mathematics alone.
 */
final class ZeroScales {
  private final Graph graph;

  /** One channel of an affine operator. */
  record Channel(Removable affine, int index) {}

  ZeroScales(Graph graph) {
    this.graph = graph;
  }

  /** The number that a channel is in every run; NaN if it is not the same in every run. */
  double constant(Tensor tensor, int channel) {
    return graph.producer(tensor) instanceof Removable affine
        ? constant(affine, channel)
        : Double.NaN;
  }

  /** The number that an affine operator writes in every run; NaN if it depends on the run. */
  double constant(Removable affine, int channel) {
    double s = affine.scale()[channel];
    return affine.shift()[channel] + (s == 0 ? 0 : s * constant(affine.input(), channel));
  }

  /**
   * The channels that can go in two ways: x is a constant though s is not 0, so that y = s·x + t is
   * one gauge of x, as everywhere, or a constant that the readers of y know, or that linear
   * operators can write. Neither way includes the other: the first binds the gauge of x, the second
   * that of y.
   */
  List<Channel> open(Set<? extends Removable> removed) {
    List<Channel> open = new ArrayList<>();
    for (Removable affine : removed) {
      for (int i = 0; i < affine.scale().length; i++) {
        if (affine.scale()[i] != 0
            && !Double.isNaN(constant(affine.input(), i))
            && (readByLinear(affine.output())
                || written(affine.input(), removed) == Written.ZERO)) {
          open.add(new Channel(affine, i));
        }
      }
    }
    return open;
  }

  /**
   * Whether linear operators write the tensor, or what it is a sum of, for one reader, so that they
   * can write a constant instead; affine operators on the way, removed or not, pass it on.
   */
  private boolean writtenForItAlone(Tensor tensor) {
    Operator producer = graph.producer(tensor);
    if (graph.readers(tensor).size() > 1) {
      return false;
    }
    return producer instanceof Linear
        || ((producer instanceof Removable || producer instanceof Combination)
            && producer.inputs().stream().allMatch(this::writtenForItAlone));
  }

  /** Which constants the operators before a tensor can make of it. */
  enum Written {
    NOTHING,
    /** None is added, and weights can become 0. */
    ZERO,
    ANY
  }

  /** Which constants a tensor can become, without a new operator, for its one reader. */
  Written written(Tensor tensor, Set<? extends Removable> removed) {
    return writtenForItAlone(tensor) ? writtenAlone(tensor, removed) : Written.NOTHING;
  }

  /** A number inside an operator is a constant, too, but not one that can be chosen. */
  private Written writtenAlone(Tensor tensor, Set<? extends Removable> removed) {
    Operator producer = Objects.requireNonNull(graph.producer(tensor));
    if (producer instanceof Linear linear) {
      return linear.bias().isFree()
          ? Written.ANY
          : linear.bias() == Linear.BiasSlot.NUMBER ? Written.NOTHING : Written.ZERO;
    }
    if (producer instanceof Removable affine && !removed.contains(affine)) {
      return switch (affine.freedom()) {
        case BOTH, BOTH_NONZERO, SHIFT -> Written.ANY;
        case SCALE -> Written.ZERO;
        case NONE -> Written.NOTHING;
      };
    }
    List<Written> all =
        producer.inputs().stream().map(input -> writtenAlone(input, removed)).toList();
    return all.contains(Written.ANY)
        ? Written.ANY
        : all.contains(Written.NOTHING) ? Written.NOTHING : Written.ZERO;
  }

  /** Whether all readers are linear, so that they can take over a constant in its place. */
  boolean readByLinear(Tensor tensor) {
    return graph.readers(tensor).stream()
        .allMatch(
            reader ->
                reader instanceof Linear
                    || (reader instanceof Removable affine && readByLinear(affine.output())));
  }
}
