package io.github.dl4jbnfold.examples.command.console;

import java.io.Console;
import java.io.PrintWriter;

/** One status line for people at a terminal; nothing for programs. */
public final class Progress implements AutoCloseable {
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter err;
  private final boolean visible;

  private Progress(PrintWriter err, boolean visible) {
    this.err = err;
    this.visible = visible;
  }

  public static Progress on(PrintWriter err) {
    return new Progress(err, isTerminal(System.console()));
  }

  public void show(String status) {
    if (visible) {
      err.print(CLEAR_LINE + status + " ...");
      err.flush();
    }
  }

  /** Clears the line, before something else is printed. */
  public void hide() {
    if (visible) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  @Override
  public void close() {
    hide();
  }

  /** Newer Java versions have a console that is none, and a method that says so. */
  private static boolean isTerminal(@org.jspecify.annotations.Nullable Console console) {
    if (console == null || System.getenv("TERM") == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
