package io.github.dl4jbnfold.linearize.train;

import org.jspecify.annotations.Nullable;

/** Data that nothing can be trained on. The message names the batch and the example. */
public final class DataException extends TrainingException {
  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong.
   *
   * @param message sentences that name the place and the value, and what may be done
   */
  public DataException(String message) {
    super(message);
  }

  /**
   * Says what is wrong, and what told so.
   *
   * @param message as in {@link #DataException(String)}
   * @param cause null if there is none
   */
  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
