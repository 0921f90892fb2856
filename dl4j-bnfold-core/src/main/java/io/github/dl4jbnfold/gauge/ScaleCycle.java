package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Constraint.ScaleRatio;
import io.github.dl4jbnfold.gauge.Constraint.UnitScale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds a short cycle of demands on scales: what most conflicts are. All tensors of fixed scale
 * count as one.
 */
final class ScaleCycle {
  private final Function<Channel, List<Constraint>> constraintsAt;

  ScaleCycle(Function<Channel, List<Constraint>> constraintsAt) {
    this.constraintsAt = constraintsAt;
  }

  /** A cycle through a constraint; empty if there is none or it does not speak of scales. */
  List<Constraint> through(Constraint constraint) {
    if (constraint instanceof UnitScale unit) {
      return joined(constraint, path(unit.x(), null, constraint));
    }
    if (!(constraint instanceof ScaleRatio tie)) {
      return List.of();
    }
    List<Constraint> direct = path(tie.x(), tie.y(), constraint);
    List<Constraint> left = path(tie.x(), null, constraint);
    List<Constraint> right = path(tie.y(), null, constraint);
    boolean throughFixed = !left.isEmpty() && !right.isEmpty();
    if (throughFixed && (direct.isEmpty() || left.size() + right.size() < direct.size())) {
      left.addAll(right);
      return joined(constraint, left);
    }
    return joined(constraint, direct);
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
   * @param end null for any channel of fixed scale; the path ends with what fixes it
   * @param without a constraint that is not to be used
   */
  private List<Constraint> path(Channel start, @Nullable Channel end, Constraint without) {
    Map<Channel, @Nullable Step> reached = new HashMap<>();
    Deque<Channel> pending = new ArrayDeque<>(List.of(start));
    reached.put(start, null);
    while (!pending.isEmpty()) {
      Channel at = pending.remove();
      if (at.equals(end)) {
        return back(at, reached);
      }
      for (Constraint constraint : constraintsAt.apply(at)) {
        if (end == null && constraint instanceof UnitScale && !constraint.equals(without)) {
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
