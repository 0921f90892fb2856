package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Constraint.PositiveScale;
import io.github.dl4jbnfold.gauge.Constraint.ScaleRatio;
import io.github.dl4jbnfold.gauge.Constraint.UnitScale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds short contradictions between demands on scales, which most conflicts are: a cycle of ties
 * whose product is not 1 (all tensors of fixed scale count as one), or a path of ties between two
 * tensors whose signs contradict each other. None of the constraints of either can be left out.
 */
final class ScaleCycle {
  private final Function<Channel, List<Constraint>> constraintsAt;

  ScaleCycle(Function<Channel, List<Constraint>> constraintsAt) {
    this.constraintsAt = constraintsAt;
  }

  /** A contradiction through a constraint; empty if there is none or it is of another kind. */
  List<Constraint> through(Constraint constraint) {
    Predicate<Constraint> fixes = UnitScale.class::isInstance;
    Predicate<Constraint> signs = c -> c instanceof UnitScale || c instanceof PositiveScale;
    return candidates(constraint, fixes, signs).stream()
        .filter(found -> !found.isEmpty() && !ScalarSystem.feasible(found))
        .findFirst()
        .orElse(List.of());
  }

  private List<List<Constraint>> candidates(
      Constraint constraint, Predicate<Constraint> fixes, Predicate<Constraint> signs) {
    if (constraint instanceof UnitScale unit) {
      return List.of(
          joined(constraint, path(unit.x(), null, fixes, constraint)),
          joined(constraint, path(unit.x(), null, signs, constraint)));
    }
    if (constraint instanceof PositiveScale positive) {
      return List.of(joined(constraint, path(positive.x(), null, signs, constraint)));
    }
    if (constraint instanceof ScaleRatio tie) {
      return List.of(
          joined(constraint, path(tie.x(), tie.y(), c -> false, constraint)),
          bothSides(tie, fixes),
          bothSides(tie, signs));
    }
    return List.of();
  }

  private List<Constraint> bothSides(ScaleRatio tie, Predicate<Constraint> ends) {
    List<Constraint> left = path(tie.x(), null, ends, tie);
    List<Constraint> right = path(tie.y(), null, ends, tie);
    boolean apart = !left.isEmpty() && !right.isEmpty() && Collections.disjoint(left, right);
    if (apart) {
      left.addAll(right);
    }
    return apart ? joined(tie, left) : List.of();
  }

  private static List<Constraint> joined(Constraint first, List<Constraint> path) {
    if (!path.isEmpty()) {
      path.add(0, first);
    }
    return path;
  }

  /**
   * A shortest path of ties from a channel.
   *
   * @param end the channel at which it ends, or null
   * @param last or the constraint at a channel with which it ends
   * @param without a constraint that is not to be used
   */
  private List<Constraint> path(
      Channel start, @Nullable Channel end, Predicate<Constraint> last, Constraint without) {
    Map<Channel, @Nullable Step> reached = new HashMap<>();
    Deque<Channel> pending = new ArrayDeque<>(List.of(start));
    reached.put(start, null);
    while (!pending.isEmpty()) {
      Channel at = pending.remove();
      if (at.equals(end)) {
        return back(at, reached);
      }
      for (Constraint constraint : constraintsAt.apply(at)) {
        if (constraint.equals(without)) {
          continue;
        }
        if (last.test(constraint)) {
          List<Constraint> path = back(at, reached);
          path.add(constraint);
          return path;
        }
        if (constraint instanceof ScaleRatio tie) {
          Channel next = tie.x().equals(at) ? tie.y() : tie.x();
          if (!reached.containsKey(next)) {
            reached.put(next, new Step(at, constraint));
            pending.add(next);
          }
        }
      }
    }
    return new ArrayList<>();
  }

  private record Step(Channel from, Constraint by) {}

  private static List<Constraint> back(Channel end, Map<Channel, @Nullable Step> reached) {
    List<Constraint> path = new ArrayList<>();
    Step step = reached.get(end);
    while (step != null) {
      path.add(step.by);
      step = reached.get(step.from);
    }
    Collections.reverse(path);
    return path;
  }
}
