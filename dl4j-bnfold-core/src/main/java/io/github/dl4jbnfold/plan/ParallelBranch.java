package io.github.dl4jbnfold.plan;

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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A linear operator that could take over an addend of a sum, because it reads the same tensor and
 * enters the same sum. Theory, section 5.
 *
 * @param sum the addition that reads the addend; the operator enters it, or a sum that it enters
 * @param operator what would take it over
 * @param between the affine operators between the operator and the sum, and between the tensors
 *     that the two read; all must go
 * @param factor how often the operator takes the addend: the coefficient of the addend in the sum
 *     divided by that of the operator
 */
public record ParallelBranch(
    Combination sum, Linear operator, List<Removable> between, double factor) {
  public ParallelBranch {
    between = List.copyOf(between);
  }

  /**
   * Looks for the operator beside an addend.
   *
   * @param source the tensor that the addend is computed from
   * @param suits which operators could take it over
   */
  static Optional<ParallelBranch> find(
      Graph graph, Tensor addend, Tensor source, Predicate<Linear> suits) {
    List<Operator> readers = graph.readers(addend);
    if (readers.size() != 1
        || !(readers.get(0) instanceof Combination sum)
        || sum.inputs().size() < 2
        || !isPlainWithout(addend, sum)) {
      return Optional.empty();
    }
    double own = 1;
    Deque<Branch> pending = new ArrayDeque<>();
    Tensor entering = addend;
    @Nullable Operator reader = sum;
    // The sum may itself be an addend: then the operator may stand beside it.
    while (reader instanceof Combination level) {
      own *= level.coefficients().get(level.inputs().indexOf(entering));
      for (int j = 0; j < level.inputs().size(); j++) {
        if (!level.inputs().get(j).equals(entering)) {
          double scaledBack = level.coefficients().get(j) / own;
          pending.add(new Branch(level.inputs().get(j), scaledBack, List.of()));
        }
      }
      entering = level.output();
      List<Operator> above = graph.readers(entering);
      reader = above.size() == 1 ? above.get(0) : null;
    }
    while (!pending.isEmpty()) {
      Branch branch = pending.poll();
      Operator producer = graph.producer(branch.tensor);
      if (graph.readers(branch.tensor).size() != 1 || producer == null) {
        continue;
      }
      if (producer instanceof Linear linear && suits.test(linear)) {
        Optional<List<Removable>> apart = apart(graph, linear.input(), source);
        if (apart.isPresent()) {
          List<Removable> between = new ArrayList<>(branch.between);
          between.addAll(apart.get());
          return Optional.of(new ParallelBranch(sum, linear, between, 1 / branch.factor));
        }
      }
      pending.addAll(branch.behind(producer));
    }
    return Optional.empty();
  }

  /** What is left of the sum without the addend must be the plain sum of the rest. */
  private static boolean isPlainWithout(Tensor addend, Combination sum) {
    for (int j = 0; j < sum.inputs().size(); j++) {
      if (!sum.inputs().get(j).equals(addend) && sum.coefficients().get(j) != 1) {
        return false;
      }
    }
    return true;
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

  /**
   * A tensor that enters the sum with a factor, relative to that of the addend, behind some affine
   * operators.
   */
  private record Branch(Tensor tensor, double factor, List<Removable> between) {
    List<Branch> behind(Operator producer) {
      if (producer instanceof ConstantAdd addition) {
        // What is added behind the operator does not change what the operator adds.
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
