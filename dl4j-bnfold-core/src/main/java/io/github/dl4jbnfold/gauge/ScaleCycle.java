package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Constraint.PositiveScale;
import io.github.dl4jbnfold.gauge.Constraint.ScaleRatio;
import io.github.dl4jbnfold.gauge.Constraint.UnitScale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds a short cycle of demands on scales: what most conflicts are. All tensors of fixed scale
 * count as one; where signs are in conflict, so do all of known sign.
 */
final class ScaleCycle {
  private final Function<Channel, List<Constraint>> constraintsAt;

  ScaleCycle(Function<Channel, List<Constraint>> constraintsAt) {
    this.constraintsAt = constraintsAt;
  }

  /** A cycle through a constraint; empty if there is none or it does not speak of scales. */
  List<Constraint> through(Constraint constraint) {
    return through(constraint, UnitScale.class::isInstance);
  }

  /** A path through a constraint between two scales of known sign; empty if there is none. */
  List<Constraint> betweenSigns(Constraint constraint) {
    return through(constraint, c -> c instanceof UnitScale || c instanceof PositiveScale);
  }

  private List<Constraint> through(Constraint constraint, Predicate<Constraint> isEnd) {
    if (isEnd.test(constraint)) {
      return joined(constraint, path(constraint.channels().get(0), null, constraint, isEnd));
    }
    if (!(constraint instanceof ScaleRatio tie)) {
      return List.of();
    }
    List<Constraint> direct = path(tie.x(), tie.y(), constraint, isEnd);
    List<Constraint> left = path(tie.x(), null, constraint, isEnd);
    List<Constraint> right = path(tie.y(), null, constraint, isEnd);
    boolean throughEnds = !left.isEmpty() && !right.isEmpty();
    if (throughEnds && (direct.isEmpty() || left.size() + right.size() < direct.size())) {
      left.addAll(right);
      return joined(constraint, left);
    }
    return joined(constraint, direct);
  }

  /**
   * Whether no constraint of an infeasible set that this class found can be spared: a path or a
   * cycle that meets no channel twice falls apart without any of them.
   */
  static boolean isMinimal(List<Constraint> found) {
    Map<Channel, Integer> met = new HashMap<>();
    found.forEach(c -> c.channels().forEach(channel -> met.merge(channel, 1, Integer::sum)));
    return met.values().stream().allMatch(times -> times <= 2);
  }

  private static List<Constraint> joined(Constraint first, List<Constraint> path) {
    if (!path.isEmpty()) {
      path.add(0, first);
    }
    return path;
  }

  /**
   * A shortest path of ties between two channels.
   *
   * @param end null for any channel of which a constraint that is an end speaks; the path ends with
   *     that constraint
   * @param without a constraint that is not to be used
   */
  private List<Constraint> path(
      Channel start, @Nullable Channel end, Constraint without, Predicate<Constraint> isEnd) {
    Map<Channel, @Nullable Step> reached = new HashMap<>();
    Deque<Channel> pending = new ArrayDeque<>(List.of(start));
    reached.put(start, null);
    while (!pending.isEmpty()) {
      Channel at = pending.remove();
      if (at.equals(end)) {
        return back(at, reached);
      }
      for (Constraint constraint : constraintsAt.apply(at)) {
        if (end == null && isEnd.test(constraint) && !constraint.equals(without)) {
          List<Constraint> path = back(at, reached);
          path.add(constraint);
          return path;
        }
        if (constraint instanceof ScaleRatio tie && !constraint.equals(without)) {
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
      path.add(0, step.by);
      step = reached.get(step.from);
    }
    return path;
  }
}
