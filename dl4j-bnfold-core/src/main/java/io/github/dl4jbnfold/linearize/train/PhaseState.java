package io.github.dl4jbnfold.linearize.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How far a phase has come.
 *
 * @param step the number of steps so far
 * @param epoch from 0
 * @param batch the number of batches of the epoch that are done
 * @param lossSum of these batches
 * @param best score so far; null before the first validation
 * @param stale the number of validations since the best one
 * @param last score; null before the first validation
 * @param keptStep the step whose parameters are kept; null if none are
 * @param keptScore the score of the kept parameters; null if none are
 * @param stopped why the phase ended; null if it has not
 */
record PhaseState(
    @JsonProperty("step") long step,
    @JsonProperty("epoch") long epoch,
    @JsonProperty("batch") long batch,
    @JsonProperty("lossSum") double lossSum,
    @JsonProperty("best") @Nullable Double best,
    @JsonProperty("stale") int stale,
    @JsonProperty("last") @Nullable Double last,
    @JsonProperty("keptStep") @Nullable Long keptStep,
    @JsonProperty("keptScore") @Nullable Double keptScore,
    @JsonProperty("stopped") @Nullable StopReason stopped) {
  static final PhaseState START = new PhaseState(0, 0, 0, 0, null, 0, null, null, null, null);

  PhaseState stepped(double loss) {
    return new PhaseState(
        step + 1,
        epoch,
        batch + 1,
        lossSum + loss,
        best,
        stale,
        last,
        keptStep,
        keptScore,
        stopped);
  }

  PhaseState nextEpoch() {
    return new PhaseState(step, epoch + 1, 0, 0, best, stale, last, keptStep, keptScore, stopped);
  }

  PhaseState validated(double score, boolean better) {
    return new PhaseState(
        step,
        epoch,
        batch,
        lossSum,
        better ? Double.valueOf(score) : best,
        better ? 0 : stale + 1,
        score,
        keptStep,
        keptScore,
        stopped);
  }

  PhaseState keeping(double score) {
    return new PhaseState(step, epoch, batch, lossSum, best, stale, last, step, score, stopped);
  }

  PhaseState stopped(StopReason reason) {
    return new PhaseState(
        step, epoch, batch, lossSum, best, stale, last, keptStep, keptScore, reason);
  }
}
