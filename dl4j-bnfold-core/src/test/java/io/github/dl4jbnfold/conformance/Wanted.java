package io.github.dl4jbnfold.conformance;

/** What a fold has to do with the network of a {@link Case}. */
enum Wanted {
  /** All batch normalizations go; only weights, biases and constants change. */
  FOLDS("F"),
  /** All batch normalizations go, and the stated repairs are what makes it possible. */
  FOLDS_BY_REPAIR("R"),
  /** Stays, for the stated reason, because nothing exact exists. */
  STAYS("K"),
  /** Nothing at all changes: another tool might merge operators, a fold does not. */
  UNTOUCHED("U");

  private final String letter;

  Wanted(String letter) {
    this.letter = letter;
  }

  String letter() {
    return letter;
  }
}
