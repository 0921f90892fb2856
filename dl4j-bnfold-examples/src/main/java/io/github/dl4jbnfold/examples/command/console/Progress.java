package io.github.dl4jbnfold.examples.command.console;

import java.io.PrintWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One status line for people at a terminal; nothing for programs. Where a status tells how far it
 * is, as in "3 of 10", the line begins with a bar.
 */
public final class Progress implements AutoCloseable {
  private static final String CLEAR_LINE = "\r\033[K";
  private static final Pattern PART = Pattern.compile("\\b(\\d{1,9}) of (\\d{1,9})\\b");
  private static final int BAR = 20;

  /** What does not fit would break the line, and could not be cleared. */
  private static final int WIDTH = 79;

  private final PrintWriter err;
  private final boolean visible;

  private Progress(PrintWriter err, boolean visible) {
    this.err = err;
    this.visible = visible;
  }

  /**
   * A line.
   *
   * @param visible whether people see it, as {@link #isSeen} says
   */
  static Progress on(PrintWriter err, boolean visible) {
    return new Progress(err, visible);
  }

  /** Whether standard error is a terminal, as far as that can be told: on Windows it cannot. */
  static boolean isSeen() {
    String terminal = System.getenv("TERM");
    Descriptors descriptors = Descriptors.ofProcess();
    return descriptors != null
        && terminal != null
        && !terminal.equals("dumb")
        && descriptors.isTerminal(Descriptors.STDERR);
  }

  /** Replaces what the line says. */
  public void show(String status) {
    if (visible) {
      err.print(CLEAR_LINE + line(status));
      err.flush();
    }
  }

  /** What the line says. */
  static String line(String status) {
    Matcher part = PART.matcher(status);
    String all = (part.find() ? bar(part.group(1), part.group(2)) : "") + status;
    return all.length() <= WIDTH - 4 ? all + " ..." : all.substring(0, WIDTH - 4) + " ...";
  }

  private static String bar(String done, String all) {
    long whole = Math.max(1, Long.parseLong(all));
    int filled = (int) Math.min(BAR, BAR * Long.parseLong(done) / whole);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] ";
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
}
