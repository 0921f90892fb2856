package io.github.dl4jbnfold.examples.command.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all: it is written under another name beside its place,
 * forced to the disk, and moved.
 */
public final class OutputFile implements AutoCloseable {
  private final Path target;
  private final boolean overwrite;
  private final byte[] content;
  private @Nullable Path temporary;
  private @Nullable Path kept;
  private boolean replaced;

  private OutputFile(Path target, boolean overwrite, byte[] content) {
    this.target = target;
    this.overwrite = overwrite;
    this.content = content;
  }

  /** Whether two paths name one file. */
  public static boolean isSame(Path one, Path other) {
    try {
      return resolved(one).equals(resolved(other))
          || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    } catch (IOException e) {
      return false;
    }
  }

  /** Its folder may be reached by a link. */
  private static Path resolved(Path path) throws IOException {
    Path whole = path.toAbsolutePath().normalize();
    Path folder = folder(whole);
    return Files.isDirectory(folder) ? folder.toRealPath().resolve(whole.getFileName()) : whole;
  }

  /**
   * Says early, before any work, what would stop the file from being written.
   *
   * @throws CommandFailure if its place is taken or does not exist
   */
  public static void check(Path target, boolean overwrite) {
    Path folder = folder(target);
    if (Files.isDirectory(target)) {
      throw CommandFailure.refused(
          "%s: this is a directory. Maybe name a file in it.".formatted(target));
    }
    if (!Files.isDirectory(folder)) {
      throw CommandFailure.refused(
          "%s: there is no directory '%s'. Make it first.".formatted(target, folder));
    }
    if (Files.isRegularFile(target) && !overwrite) {
      throw CommandFailure.refused(exists(target));
    }
    if (!isDevice(target) && !Files.isWritable(folder)) {
      throw CommandFailure.refused(
          "%s: you may not write to the directory '%s'. Maybe choose another place."
              .formatted(target, folder));
    }
  }

  /** Something that exists and is neither a file nor a directory, such as /dev/stdout. */
  public static boolean isDevice(Path target) {
    return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
  }

  /**
   * Writes the content beside its place; {@link #publish} moves it there, {@link #close} without it
   * leaves nothing.
   *
   * @throws CommandFailure if it cannot be written; nothing is left of it
   */
  public static OutputFile prepare(Path target, boolean overwrite, byte[] content) {
    check(target, overwrite);
    OutputFile file = new OutputFile(target, overwrite, content);
    if (!isDevice(target)) {
      // A file beside the link would be on another file system than what the link names.
      Path place = file.place();
      Path temporary = beside(place, "tmp");
      file.temporary = temporary;
      try {
        write(temporary, content, StandardOpenOption.CREATE_NEW);
        likewise(place, temporary);
      } catch (IOException e) {
        file.close();
        throw failure(target, e);
      }
    }
    return file;
  }

  /**
   * Puts the file in its place.
   *
   * @throws CommandFailure if it cannot be moved there
   */
  public void publish() {
    try {
      if (temporary == null) {
        write(target, content);
      } else if (overwrite) {
        Path place = place();
        keep(place);
        Files.move(
            temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        replaced = true;
      } else {
        claim(temporary, place());
      }
    } catch (IOException e) {
      throw failure(target, e);
    }
  }

  /**
   * An atomic move replaces what is there; a link to the finished file does not, so that a file
   * that another program has made since the check survives.
   */
  private static void claim(Path temporary, Path place) throws IOException {
    try {
      Files.createLink(place, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      if (Files.exists(place)) {
        throw new FileAlreadyExistsException(place.toString());
      }
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** What is replaced stays under another name until all files are in their places. */
  private void keep(Path place) throws IOException {
    if (Files.isRegularFile(place)) {
      Path backup = beside(place, "old");
      try {
        Files.createLink(backup, place);
      } catch (UnsupportedOperationException | FileSystemException e) {
        Files.copy(place, backup, StandardCopyOption.COPY_ATTRIBUTES);
      }
      kept = backup;
    }
  }

  /** Undoes what {@link #publish} did: what was replaced is back. */
  public void retract() {
    if (temporary == null) {
      return;
    }
    if (kept != null) {
      moveQuietly(kept, place());
      kept = null;
    } else if (!overwrite || replaced) {
      deleteQuietly(place());
    }
  }

  /** Leaves nothing behind but a published file. */
  @Override
  public void close() {
    if (temporary != null) {
      deleteQuietly(temporary);
    }
    if (kept != null) {
      deleteQuietly(kept);
    }
  }

  private static Path beside(Path place, String extension) {
    return folder(place)
        .resolve("." + place.getFileName() + "." + UUID.randomUUID() + "." + extension);
  }

  private Path place() {
    try {
      return Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target;
    } catch (IOException e) {
      return target;
    }
  }

  private static void write(Path path, byte[] content, StandardOpenOption... options)
      throws IOException {
    StandardOpenOption[] all = new StandardOpenOption[options.length + 1];
    all[0] = StandardOpenOption.WRITE;
    System.arraycopy(options, 0, all, 1, options.length);
    try (FileChannel channel = FileChannel.open(path, all)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (options.length > 0) {
        channel.force(true);
      }
    }
  }

  private static Path folder(Path target) {
    Path folder = target.toAbsolutePath().getParent();
    return folder == null ? target.toAbsolutePath() : folder;
  }

  /** Who may read a file may read, and nobody else, what replaces it. */
  private static void likewise(Path place, Path temporary) throws IOException {
    if (Files.isRegularFile(place)
        && Files.getFileStore(place).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(place));
    }
  }

  private static void moveQuietly(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // It stays under its other name; the failure that led here is the one to tell.
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The failure that led here is the one to tell.
    }
  }

  private static CommandFailure failure(Path target, IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return CommandFailure.refused(exists(target), e);
    }
    if (e instanceof AccessDeniedException) {
      return CommandFailure.refused(
          "%s: you may not write there. Maybe choose another place.".formatted(target), e);
    }
    if (e instanceof NoSuchFileException) {
      return CommandFailure.refused(
          "%s: its directory has gone. Make it first.".formatted(target), e);
    }
    String reason =
        e instanceof FileSystemException known && known.getReason() != null
            ? known.getReason()
            : String.valueOf(e.getMessage());
    return CommandFailure.refused(
        "%s: it cannot be written (%s), and nothing was left there. Maybe choose another place."
            .formatted(target, reason),
        e);
  }

  private static String exists(Path target) {
    return "%s: it exists already. Give --overwrite to replace it, or another name."
        .formatted(target);
  }
}
