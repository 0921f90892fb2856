package io.github.dl4jbnfold.gauge;

import java.util.List;

/**
 * Why a set of demands cannot hold together.
 *
 * @param kind what is in conflict
 * @param tensor the tensor at which the conflict was met
 * @param channel the channel of that tensor
 * @param constraints a minimal set of constraints without a common solution: each is needed
 */
public record Conflict(Kind kind, String tensor, int channel, List<Constraint> constraints) {
  public Conflict {
    constraints = List.copyOf(constraints);
  }

  /** What cannot be satisfied. */
  public enum Kind {
    /** Two paths ask for different scales. */
    SCALE,
    /** A path asks for a negative scale where an operator needs a positive one. */
    SIGN,
    /** The shift equations contradict each other. */
    SHIFT,
    /** A channel with scale 0 has neither a linear producer of its own nor only linear readers. */
    ZERO_SCALE
  }
}
