package io.github.dl4jbnfold.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is no network, or a damaged or forbidden one. The message is a clause about it. */
public class NetworkFileException extends IOException {
  private static final long serialVersionUID = 1;

  public NetworkFileException(String message) {
    super(message);
  }

  public NetworkFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
