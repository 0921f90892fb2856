package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;

/** Operators that keep the row-major order of the elements, and with it the channel of each. */
final class ReshapeTranslator implements Translator {
  /** The code that libnd4j uses for Fortran order: minus the character. */
  private static final long FORTRAN = -'f';

  @Override
  public boolean translate(Op op, Reading reading) {
    Layout layout = reading.layout(op.input(0));
    boolean flatten = op.type().equals("flatten");
    boolean fortran =
        op.integers().length > 0 && op.integer(0, 0) == (flatten ? -FORTRAN : FORTRAN);
    boolean joins = flatten && op.inputs().size() > 1;
    // At an open size that could not be tried, stated sizes may cut the elements otherwise.
    boolean uncertain = op.type().equals("reshape") && !reading.isComplete();
    if (layout == null || fortran || joins || uncertain) {
      return false;
    }
    reading.add(
        new Carrier(
            op.label(),
            op.type(),
            reading.input(op.input(0), layout),
            reading.output(op.output(), layout)));
    return true;
  }
}
