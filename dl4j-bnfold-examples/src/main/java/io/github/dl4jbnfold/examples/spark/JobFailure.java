package io.github.dl4jbnfold.examples.spark;

import org.jspecify.annotations.Nullable;

/** A failure whose message is what the user reads: what is wrong where, and what to do. */
final class JobFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  JobFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  JobFailure(String message) {
    this(message, null);
  }
}
