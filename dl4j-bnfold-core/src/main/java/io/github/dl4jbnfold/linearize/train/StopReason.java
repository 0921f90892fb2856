package io.github.dl4jbnfold.linearize.train;

/** Why a training ended. */
public enum StopReason {
  /** All steps are done. */
  STEPS,
  /** The validation has not become better for as many epochs as it was given. */
  PATIENCE,
  /** The validation fell below the floor after it had been above. */
  FLOOR
}
