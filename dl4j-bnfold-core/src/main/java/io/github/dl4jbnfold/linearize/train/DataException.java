package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;

/** Data that nothing can be trained on. The message names the batch and the example. */
public final class DataException extends TrainingException {
  private static final long serialVersionUID = 1;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
