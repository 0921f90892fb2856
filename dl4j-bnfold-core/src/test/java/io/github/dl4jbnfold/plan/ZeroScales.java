package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
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
   * one gauge of x, as everywhere, or a constant that the readers of y know. Neither way includes
   * the other: the first binds the gauge of x, the second that of y.
   */
  List<Channel> open(Set<? extends Removable> removed) {
    List<Channel> open = new ArrayList<>();
    for (Removable affine : removed) {
      for (int i = 0; i < affine.scale().length; i++) {
        if (affine.scale()[i] != 0
            && !Double.isNaN(constant(affine.input(), i))
            && !writtenForItAlone(affine.input())
            && readByLinear(affine.output())) {
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
  boolean writtenForItAlone(Tensor tensor) {
    Operator producer = graph.producer(tensor);
    if (graph.readers(tensor).size() > 1) {
      return false;
    }
    return producer instanceof Linear
        || ((producer instanceof Removable || producer instanceof Combination)
            && producer.inputs().stream().allMatch(this::writtenForItAlone));
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
