package io.github.dl4jbnfold.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is no network, or a damaged or forbidden one. The message is a clause about it. */
public class NetworkFileException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong.
   *
   * @param message the end of a sentence that begins with the name of the file: "it has no
   *     parameters"
   */
  public NetworkFileException(String message) {
    super(message);
  }

  /**
   * Says what is wrong, and what told so.
   *
   * @param message as in {@link #NetworkFileException(String)}
   * @param cause null if there is none
   */
  public NetworkFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
