package io.github.dl4jbnfold.examples.notebook;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells of a cell that ends the process, which cannot be prevented: without it, a notebook would
 * seem to have run, and nothing would be written.
 */
final class ExitGuard {
  private static final int FAILED = 1;

  private final Thread hook;

  /**
   * Guards until it is released.
   *
   * @param worker runs the cells
   * @param cell names the one that runs
   */
  ExitGuard(Supplier<@Nullable Thread> worker, Supplier<String> cell) {
    hook =
        new Thread(
            () -> {
              if (isExiting(worker.get())) {
                error().printf("bnfold: %s: it ended the process.%n", cell.get());
                Runtime.getRuntime().halt(FAILED);
              }
            },
            "notebook-exit");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** An interrupt from the terminal ends the process, too, and is no cell's fault. */
  private static boolean isExiting(@Nullable Thread worker) {
    return worker != null
        && Arrays.stream(worker.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getClassName().equals(Runtime.class.getName())
                        && frame.getMethodName().equals("exit"));
  }

  /** System.err belongs to the cells. */
  private static PrintStream error() {
    return new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  }

  /** Guards no longer. */
  void release() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending.
    }
  }
}
