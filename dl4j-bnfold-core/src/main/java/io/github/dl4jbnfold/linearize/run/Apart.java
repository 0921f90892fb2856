package io.github.dl4jbnfold.linearize.run;

/**
 * Two neighbours that stay apart although nothing but linear activations is between them.
 *
 * @param first its name; of several that became one, the last
 * @param second its name; of several that became one, the last
 * @param detail what would be wrong, or too much
 * @param remedy what would have made one of them
 */
public record Apart(String first, String second, Reason reason, String detail, String remedy) {
  /** Why they stay. */
  public enum Reason {
    /** At the border one layer would write something else. */
    BORDER,
    /** One layer would cost more than both. */
    COST,
    /** One layer would take too many multiplications, whatever it costs. */
    GROWTH,
    /** There is no layer for it. */
    NO_LAYER,
    /** The branches of a sum go on by different strides, or do not write equal sizes. */
    BRANCHES
  }
}
