package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.layers.GatePenalty;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the activations of a SameDiff graph get gates. The default is that of the paper but for the
 * penalty, which is none: all activations, α = 0 at the start, the line x.
 *
 * @param gated which activations, by the variable that they write
 * @param start the first α
 * @param rate what the learning rate of α is multiplied by
 * @param penalty what each gate pays for its activation; null for nothing
 * @param lines what a gate is with α = 1, by the variable that the activation writes; x unless
 *     stated
 */
public record GateOptions(
    Predicate<String> gated,
    double start,
    double rate,
    Function<String, @Nullable GatePenalty> penalty,
    Map<String, GateLine> lines) {
  public GateOptions {
    lines = Map.copyOf(lines);
    if (!(start >= 0 && start <= 1)) {
      throw new IllegalArgumentException(
          "The α of a gate is between 0 and 1, and cannot start at " + start + ".");
    }
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The learning rate of α is multiplied by a positive number, not by " + rate + ".");
    }
  }

  /**
   * All activations, α = 0, the line x, no penalty.
   *
   * @return equal options each time
   */
  public static GateOptions defaults() {
    return new GateOptions(name -> true, 0, 1, name -> null, Map.of());
  }

  /**
   * Only activations whose outputs have these names.
   *
   * @param chosen whether the activation that writes a variable gets a gate
   * @return a copy with it
   */
  public GateOptions where(Predicate<String> chosen) {
    return new GateOptions(chosen, start, rate, penalty, lines);
  }

  /**
   * With another α at the start.
   *
   * @param alpha from 0 to 1
   * @return a copy with it
   * @throws IllegalArgumentException if it is not
   */
  public GateOptions start(double alpha) {
    return new GateOptions(gated, alpha, rate, penalty, lines);
  }

  /**
   * With another learning rate for α: a multiple of that of the graph.
   *
   * @param factor of the learning rate of the graph
   * @return a copy with it
   * @throws IllegalArgumentException if it is not positive
   */
  public GateOptions rate(double factor) {
    return new GateOptions(gated, start, factor, penalty, lines);
  }

  /**
   * With the same penalty for each gate: weight·|1 − α^power|.
   *
   * @param weight 0 for no penalty
   * @param power 1 or more
   * @return a copy with it
   */
  public GateOptions penalty(double weight, double power) {
    GatePenalty same = new GatePenalty(weight, power);
    return penalties(name -> same);
  }

  /**
   * With a penalty for each gate, by the variable that its activation writes.
   *
   * @param penalties null for an activation that pays nothing
   * @return a copy with it
   */
  public GateOptions penalties(Function<String, @Nullable GatePenalty> penalties) {
    return new GateOptions(gated, start, rate, penalties, lines);
  }

  /**
   * With another line for one activation.
   *
   * @param name the variable that the activation writes
   * @param line what the gate is with α = 1
   * @return a copy with it
   */
  public GateOptions line(String name, GateLine line) {
    Map<String, GateLine> more = new HashMap<>(lines);
    more.put(name, line);
    return new GateOptions(gated, start, rate, penalty, more);
  }
}
