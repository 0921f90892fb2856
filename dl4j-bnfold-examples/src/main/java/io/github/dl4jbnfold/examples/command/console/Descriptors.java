package io.github.dl4jbnfold.examples.command.console;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The standard streams of the process, as the operating system sees them. */
final class Descriptors {
  static final int STDOUT = 1;
  static final int STDERR = 2;

  private static final int WRITE_ONLY = 1;
  private static final int GET_FLAGS = 3;
  private static final int ACCESS_MODE = 3;

  private final LibC libc;

  private Descriptors(LibC libc) {
    this.libc = libc;
  }

  /** The C library's names. */
  interface LibC extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);

    int fcntl(int descriptor, int command);

    int isatty(int descriptor);

    int fflush(@Nullable Pointer stream);
  }

  /** Null where there is no such library. */
  static @Nullable Descriptors ofProcess() {
    if (Platform.isWindows()) {
      return null;
    }
    try {
      return new Descriptors(Native.loadLibrary("c", LibC.class));
    } catch (LinkageError e) {
      return null;
    }
  }

  boolean isTerminal(int descriptor) {
    return libc.isatty(descriptor) == 1;
  }

  /**
   * Sends standard output elsewhere.
   *
   * @param toErrors to standard error, not nowhere
   * @return what {@link #restore} wants; negative if nothing was done
   */
  int redirect(boolean toErrors) {
    int flags = libc.fcntl(STDOUT, GET_FLAGS);
    if (flags < 0 || (flags & ACCESS_MODE) == 0) {
      // Closed from the start: then the descriptor is that of a file that Java reads its classes
      // from.
      return -1;
    }
    int saved = libc.dup(STDOUT);
    int sink = toErrors ? STDERR : libc.open("/dev/null", WRITE_ONLY);
    if (saved >= 0 && sink >= 0) {
      libc.dup2(sink, STDOUT);
    }
    if (sink > STDERR) {
      libc.close(sink);
    }
    return saved;
  }

  /** Brings standard output back. */
  void restore(int saved) {
    if (saved >= 0) {
      // Native code's own buffer, or it would arrive after the descriptor is back.
      libc.fflush(null);
      libc.dup2(saved, STDOUT);
      libc.close(saved);
    }
  }
}
