package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.verify.FoldingException;
import org.jspecify.annotations.Nullable;

/** A training that cannot go on. The message is one sentence, perhaps with an advice. */
public class TrainingException extends FoldingException {
  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong.
   *
   * @param message sentences that name the place and the value, and what may be done
   */
  public TrainingException(String message) {
    super(message);
  }

  /**
   * Says what is wrong, and what told so.
   *
   * @param message as in {@link #TrainingException(String)}
   * @param cause null if there is none
   */
  public TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
