package io.github.dl4jbnfold.linearize.train;

import java.util.Locale;

/** What a training is for, in the order of layer folding. */
public enum Phase {
  /** A training on its own. */
  FINE_TUNING(0),
  /** The original network is trained as long as the folded one, to compare with. */
  BASELINE(1),
  /** The network with its gates. */
  PRE_FOLDING(2),
  /** The merged network. */
  POST_FOLDING(3);

  private final int number;

  Phase(int number) {
    this.number = number;
  }

  /** Its place in the order, which names of files and seeds depend on. */
  int number() {
    return number;
  }

  /** As people write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
