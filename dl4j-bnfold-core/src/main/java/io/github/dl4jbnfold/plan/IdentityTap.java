package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch normalization beside a convolution: BN(x) + conv(x). The BN is an identity kernel that
 * the convolution takes over, whatever its scale, 0 included. Theory, section 5.
 *
 * @param sum the addition that reads the batch normalization
 * @param convolution the convolution that reads the same tensor
 * @param between the affine operators between the convolution and the sum, and between the inputs
 *     of the two; all must go
 * @param factor how often the convolution takes the batch normalization: the coefficient of the
 *     batch normalization in the sum divided by that of the convolution
 */
public record IdentityTap(
    Combination sum, Linear convolution, List<Removable> between, double factor) {
  public IdentityTap {
    between = List.copyOf(between);
  }

  /** The convolution that could take over a batch normalization, if there is one. */
  static Optional<IdentityTap> find(Graph graph, BatchNorm norm) {
    List<Operator> readers = graph.readers(norm.output());
    if (readers.size() != 1
        || !(readers.get(0) instanceof Combination sum)
        || sum.inputs().size() < 2) {
      return Optional.empty();
    }
    // What is left of the sum without the batch normalization must be the plain sum of the rest.
    for (int j = 0; j < sum.inputs().size(); j++) {
      boolean rest = !sum.inputs().get(j).equals(norm.output());
      if (rest && sum.coefficients().get(j) != 1) {
        return Optional.empty();
      }
    }
    double own = sum.coefficients().get(sum.inputs().indexOf(norm.output()));
    Deque<Branch> pending = new ArrayDeque<>();
    for (int j = 0; j < sum.inputs().size(); j++) {
      if (!sum.inputs().get(j).equals(norm.output())) {
        pending.add(new Branch(sum.inputs().get(j), sum.coefficients().get(j), List.of()));
      }
    }
    while (!pending.isEmpty()) {
      Branch branch = pending.poll();
      Operator producer = graph.producer(branch.tensor);
      if (graph.readers(branch.tensor).size() != 1 || producer == null) {
        continue;
      }
      if (producer instanceof Linear linear
          && linear.abilities().contains(Linear.Ability.IDENTITY_TAP)) {
        Optional<List<Removable>> apart = apart(graph, linear.input(), norm.input());
        if (apart.isPresent()) {
          List<Removable> between = new ArrayList<>(branch.between);
          between.addAll(apart.get());
          return Optional.of(new IdentityTap(sum, linear, between, own / branch.factor));
        }
      }
      pending.addAll(branch.behind(producer));
    }
    return Optional.empty();
  }

  /** The affine operators that must go for two tensors to be one; empty if they never are. */
  private static Optional<List<Removable>> apart(Graph graph, Tensor x, Tensor y) {
    Map<Tensor, List<Removable>> above = new HashMap<>();
    List<Removable> path = new ArrayList<>();
    Tensor at = x;
    above.put(at, List.of());
    while (graph.producer(at) instanceof Removable affine) {
      path.add(affine);
      at = affine.input();
      above.put(at, List.copyOf(path));
    }
    List<Removable> other = new ArrayList<>();
    at = y;
    while (!above.containsKey(at) && graph.producer(at) instanceof Removable affine) {
      other.add(affine);
      at = affine.input();
    }
    List<Removable> shared = above.get(at);
    if (shared == null) {
      return Optional.empty();
    }
    other.addAll(shared);
    return Optional.of(other);
  }

  /** A tensor that enters the sum with a factor, behind some affine operators. */
  private record Branch(Tensor tensor, double factor, List<Removable> between) {
    List<Branch> behind(Operator producer) {
      if (producer instanceof ConstantAdd addition) {
        // What is added behind the convolution does not change what the convolution adds.
        return List.of(new Branch(addition.input(), factor, between));
      }
      if (producer instanceof Removable affine) {
        List<Removable> longer = new ArrayList<>(between);
        longer.add(affine);
        return List.of(new Branch(affine.input(), factor, longer));
      }
      if (producer instanceof Carrier carrier && carrier.kind().equals("identity")) {
        return List.of(new Branch(carrier.input(), factor, between));
      }
      List<Branch> branches = new ArrayList<>();
      if (producer instanceof Combination inner) {
        for (int j = 0; j < inner.inputs().size(); j++) {
          double k = inner.coefficients().get(j);
          branches.add(new Branch(inner.inputs().get(j), factor * k, between));
        }
      }
      return branches;
    }
  }
}
