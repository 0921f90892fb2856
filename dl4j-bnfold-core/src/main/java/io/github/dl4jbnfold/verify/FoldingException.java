package io.github.dl4jbnfold.verify;

import org.jspecify.annotations.Nullable;

/**
 * A network that cannot be folded. The message is one sentence that names what is wrong and what to
 * do; the network is as it was.
 */
public class FoldingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong.
   *
   * @param message sentences that name the place and the value, and what may be done
   */
  public FoldingException(String message) {
    super(message);
  }

  /**
   * Says what is wrong, and what told so.
   *
   * @param message as in {@link #FoldingException(String)}
   * @param cause null if there is none
   */
  public FoldingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
