package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;

/** A checkpoint that is none, is broken, or belongs to another training. */
public final class CheckpointException extends TrainingException {
  private static final long serialVersionUID = 1;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
