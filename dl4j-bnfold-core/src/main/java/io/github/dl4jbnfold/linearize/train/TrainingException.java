package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.verify.FoldingException;
import org.jspecify.annotations.Nullable;

/** A training that cannot go on. The message is one sentence, perhaps with an advice. */
public class TrainingException extends FoldingException {
  private static final long serialVersionUID = 1;

  public TrainingException(String message) {
    super(message);
  }

  public TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
