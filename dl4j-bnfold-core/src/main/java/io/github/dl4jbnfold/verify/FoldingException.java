package io.github.dl4jbnfold.verify;

import org.jspecify.annotations.Nullable;

/**
 * A network that cannot be folded. The message is one sentence that names what is wrong and what to
 * do; the network is as it was.
 */
public class FoldingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FoldingException(String message) {
    super(message);
  }

  public FoldingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
