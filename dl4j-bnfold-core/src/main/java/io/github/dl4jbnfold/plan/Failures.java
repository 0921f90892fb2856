package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Why the ways to remove an operator failed, and whether that excludes the ways that were not
 * tried: behind a scale of 0 each channel may go in two ways, so there are too many to try.
 */
final class Failures {
  private final Removable candidate;
  private final List<Failure> all = new ArrayList<>();
  private final List<Removal> ways = new ArrayList<>();

  /** The last failures, all at one channel, if no way to treat that channel is left. */
  private List<Failure> decisive = List.of();

  Failures(Removable candidate) {
    this.candidate = candidate;
  }

  /**
   * One way that failed.
   *
   * @param channel where
   * @param isExplained whether the demands that exclude it are known
   */
  record Failure(int channel, Kept kept, boolean isExplained) {}

  void add(Removal way, Failure failure) {
    all.add(failure);
    ways.add(way);
    if (decisive.isEmpty() && way.asConstant(failure.channel).isEmpty()) {
      List<Failure> there = all.stream().filter(f -> f.channel == failure.channel).toList();
      // An open channel that was seen as a constant from the start has not failed otherwise.
      boolean both = there.size() == (way.isOpen(failure.channel) ? 2 : 1);
      if (both && there.stream().allMatch(f -> f.isExplained && isAboutChannel(way, f))) {
        decisive = there;
      }
    }
  }

  /** Whether no other open channel, which might go in another way, has a part in the failure. */
  private boolean isAboutChannel(Removal way, Failure failure) {
    for (Constraint constraint : failure.kept.proof()) {
      for (Channel channel : constraint.channels()) {
        if (constraint.operator().equals(candidate)
            && channel.index() != failure.channel
            && way.isOpen(channel.index())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether the operator cannot go in any way. */
  boolean areFinal() {
    return !decisive.isEmpty();
  }

  /** Why the usual way failed. */
  Kept first() {
    if (all.isEmpty()) {
      throw new IllegalStateException("There is no way to remove '" + candidate.name() + "'.");
    }
    return all.get(0).kept;
  }

  /** The operators whose demands cannot hold together. */
  Set<Operator> operators() {
    Set<Operator> operators = new LinkedHashSet<>();
    for (Failure failure : areFinal() ? decisive : all) {
      failure.kept.proof().forEach(constraint -> operators.add(constraint.operator()));
    }
    return operators;
  }
}
