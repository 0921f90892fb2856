package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;

/** A checkpoint that is none, is broken, or belongs to another training. */
public final class CheckpointException extends TrainingException {
  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong.
   *
   * @param message sentences that name the place and the value, and what may be done
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * Says what is wrong, and what told so.
   *
   * @param message as in {@link #CheckpointException(String)}
   * @param cause null if there is none
   */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
