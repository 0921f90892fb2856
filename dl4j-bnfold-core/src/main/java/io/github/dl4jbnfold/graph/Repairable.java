package io.github.dl4jbnfold.graph;

/**
 * An operator that can be replaced by a form that demands less. Theory, sections 3 and 4.
 *
 * <p>The demands of the repaired form follow from those of the plain one.
 */
public sealed interface Repairable extends Operator
    permits Bound, Clip, Linear, Rectifier, ZeroPadding {

  /** What the replacement is. */
  enum Repair {
    /** An activation becomes a maximum and/or minimum with one constant per channel. */
    CLAMP,
    /** What padding with zeros leaves out of a linear operator is added as a constant map. */
    BORDER_MAP,
    /** A padding pads with the shift. */
    PAD_VALUE
  }

  Repair repair();

  /** Whether enough is known of the operator for its repair. */
  boolean isRepairable();

  /** What the repaired form demands. */
  void demandRepaired(Demands demands);
}
