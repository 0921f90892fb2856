package io.github.dl4jbnfold.examples.notebook;

/** Why a cell did not run to its end; the message goes on after "cell n, line m: it". */
final class CellFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int line;

  CellFailure(int line, String message) {
    super(message);
    this.line = line;
  }

  /** The line in the cell, from one on. */
  int line() {
    return line;
  }
}
