package io.github.dl4jbnfold.linearize.run;

import java.util.Set;

/**
 * A piece of a network that could become one convolution if its activations were linear.
 *
 * @param gates the names of its activations
 * @param costBefore of the piece as it is
 * @param costAfter of the convolution
 */
public record Candidate(Merge merge, Set<String> gates, double costBefore, double costAfter) {
  /** Copies the set. */
  public Candidate {
    gates = Set.copyOf(gates);
  }

  /**
   * Whether it costs less than it did.
   *
   * @return whether {@code costAfter < costBefore}
   */
  public boolean isWorthIt() {
    return costAfter < costBefore;
  }
}
