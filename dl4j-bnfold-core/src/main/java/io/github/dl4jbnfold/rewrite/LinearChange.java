package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one linear operator.
 *
 * @param in gauge of its input
 * @param out gauge of its output
 * @param shift how it takes out the shift of its input
 * @param writesOnes whether it emits one more channel, constantly 1
 * @param taken what it takes over from what stands beside it
 */
public record LinearChange(
    Gauge in, Gauge out, Shift shift, boolean writesOnes, @Nullable Contribution taken) {

  /** How a shift of the input is taken out of the output. Theory, section 4. */
  public enum Shift {
    /** As a constant: nothing beyond the border is read. */
    BIAS,
    /** As a map over the positions of the output. */
    MAP,
    /** By weights from an input channel that is constantly 1. */
    ONES_CHANNEL
  }
}
