package io.github.dl4jbnfold.samediff.read;

/** Says what the operators of one family are to the solver. */
interface Translator {
  /**
   * Adds the operator to the reading.
   *
   * @return false if it is not an operator that gauges pass; nothing was added then
   */
  boolean translate(Op op, Reading reading);
}
