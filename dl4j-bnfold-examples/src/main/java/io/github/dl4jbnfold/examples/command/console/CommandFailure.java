package io.github.dl4jbnfold.examples.command.console;

import org.jspecify.annotations.Nullable;

/** A failure whose message is what the user reads: the file, what is wrong, and what to do. */
public final class CommandFailure extends RuntimeException {
  /** The job was refused or failed, and nothing was written. */
  public static final int REFUSED = 1;

  /** The command line makes no sense, or the model cannot be read. */
  public static final int USAGE = 2;

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /**
   * A failure of this exit code.
   *
   * @param exitCode {@link #REFUSED} or {@link #USAGE}
   */
  public static CommandFailure of(int exitCode, String message) {
    return new CommandFailure(exitCode, message, null);
  }

  public static CommandFailure refused(String message) {
    return new CommandFailure(REFUSED, message, null);
  }

  public static CommandFailure refused(String message, Throwable cause) {
    return new CommandFailure(REFUSED, message, cause);
  }

  public static CommandFailure usage(String message) {
    return new CommandFailure(USAGE, message, null);
  }

  public static CommandFailure usage(String message, Throwable cause) {
    return new CommandFailure(USAGE, message, cause);
  }

  public int exitCode() {
    return exitCode;
  }
}
