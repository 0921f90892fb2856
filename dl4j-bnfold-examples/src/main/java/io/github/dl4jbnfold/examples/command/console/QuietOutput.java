package io.github.dl4jbnfold.examples.command.console;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what ND4J prints to standard output, from Java and from native code, out of it: standard
 * output is the report's.
 */
public final class QuietOutput {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int WRITE_ONLY = 1;

  private QuietOutput() {}

  /** The C library's names. */
  interface LibC extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);

    int fflush(@Nullable Pointer stream);
  }

  /**
   * Works quietly.
   *
   * @param ownsProcess whether the descriptors of the process may be changed, for native code
   * @param visible whether to show on standard error what is printed
   */
  public static <T> T during(boolean ownsProcess, boolean visible, Supplier<T> work) {
    PrintStream before = System.out;
    LibC library = ownsProcess ? library() : null;
    int saved = library == null ? -1 : redirect(library, visible);
    System.setOut(
        visible
            ? System.err
            : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      return work.get();
    } finally {
      System.setOut(before);
      if (library != null && saved >= 0) {
        // Native code's own buffer, or it would arrive after the descriptor is back.
        library.fflush(null);
        library.dup2(saved, STDOUT);
        library.close(saved);
      }
    }
  }

  private static int redirect(LibC library, boolean visible) {
    int saved = library.dup(STDOUT);
    int sink = visible ? STDERR : library.open("/dev/null", WRITE_ONLY);
    if (saved >= 0 && sink >= 0) {
      library.dup2(sink, STDOUT);
    }
    if (sink > STDERR) {
      library.close(sink);
    }
    return saved;
  }

  /** Without it, native messages of failures may reach standard output; nothing else is lost. */
  private static @Nullable LibC library() {
    if (Platform.isWindows()) {
      return null;
    }
    try {
      return Native.loadLibrary("c", LibC.class);
    } catch (LinkageError e) {
      return null;
    }
  }
}
