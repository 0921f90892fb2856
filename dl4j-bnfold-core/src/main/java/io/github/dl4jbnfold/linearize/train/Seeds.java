package io.github.dl4jbnfold.linearize.train;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Seeds that are functions of one seed and of a place in the training, so that no state of a random
 * number generator has to be remembered: what came before does not matter.
 */
final class Seeds {
  private static final long DATA = 1;
  private static final long STEP = 2;
  private static final long EPOCH = 3;

  private Seeds() {}

  static long ofEpoch(long seed, long epoch) {
    return mixed(seed, EPOCH, epoch);
  }

  /** Before the batch of a step is asked for: data may be augmented with ND4J's numbers. */
  static void beforeData(long seed, long step) {
    Nd4j.getRandom().setSeed(mixed(seed, DATA, step));
  }

  /** Before a step: dropout and noise take ND4J's numbers. */
  static void beforeStep(long seed, long step) {
    Nd4j.getRandom().setSeed(mixed(seed, STEP, step));
  }

  static long mixed(long seed, long purpose, long place) {
    return finished(finished(finished(seed) + purpose) + place);
  }

  /** The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long finished(long state) {
    long z = state + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
