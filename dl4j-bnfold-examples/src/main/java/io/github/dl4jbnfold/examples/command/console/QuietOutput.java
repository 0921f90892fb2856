package io.github.dl4jbnfold.examples.command.console;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Keeps what ND4J prints to standard output, from Java and from native code, out of it: standard
 * output is the report's.
 */
public final class QuietOutput {
  private QuietOutput() {}

  /**
   * Works quietly. Without the C library, native messages of failures may reach standard output;
   * nothing else is lost.
   *
   * @param ownsProcess whether the descriptors of the process may be changed, for native code
   * @param visible whether to show on standard error what is printed
   */
  public static <T> T during(boolean ownsProcess, boolean visible, Supplier<T> work) {
    PrintStream before = System.out;
    Descriptors descriptors = ownsProcess ? Descriptors.ofProcess() : null;
    int saved = descriptors == null ? -1 : descriptors.redirect(visible);
    System.setOut(
        visible
            ? System.err
            : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      return work.get();
    } finally {
      System.setOut(before);
      if (descriptors != null) {
        descriptors.restore(saved);
      }
    }
  }
}
