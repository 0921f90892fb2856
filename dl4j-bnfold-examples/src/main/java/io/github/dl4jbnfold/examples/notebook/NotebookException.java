package io.github.dl4jbnfold.examples.notebook;

import org.jspecify.annotations.Nullable;

/** A notebook that cannot be read or run, in one sentence that names it, the cell and the line. */
public final class NotebookException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotebookException(String message) {
    this(message, null);
  }

  NotebookException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
