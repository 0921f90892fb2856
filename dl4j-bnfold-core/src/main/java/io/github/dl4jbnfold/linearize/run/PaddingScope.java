package io.github.dl4jbnfold.linearize.run;

/**
 * How far padding moves to the front before a training, so that what is linear then merges exactly.
 * The further it goes the more may merge, and the more the network differs at its borders from what
 * it was before the training.
 */
public enum PaddingScope {
  /** It stays where it is. Only what the border does not forbid merges. */
  NONE,
  /**
   * To the front of what lies between two residual connections or within one: a residual block may
   * become one convolution, and what it reads and adds to keeps its size.
   */
  BLOCKS,
  /**
   * To the front of whole runs, through residual connections: several blocks in a row may become
   * one convolution. On deep networks maps grow large and trainings slow.
   */
  RUNS;

  /** Whether padding may move to the front of a piece. */
  public boolean admits(Run piece) {
    return switch (this) {
      case NONE -> false;
      case BLOCKS -> !PaddingInFront.of(piece).crossesBlocks();
      case RUNS -> true;
    };
  }
}
