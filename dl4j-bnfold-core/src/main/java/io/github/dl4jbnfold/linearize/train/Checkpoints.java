package io.github.dl4jbnfold.linearize.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A folder with the checkpoints of one training: the newest ones, and in {@value #BEST} the last
 * one that was the best of its phase. A file appears whole or not at all, whenever the machine
 * stops.
 */
public final class Checkpoints {
  static final String BEST = "best.zip";

  private static final Pattern NAME = Pattern.compile("checkpoint-\\d-\\d{10}\\.zip");
  private static final String TEMPORARY = ".checkpoint-";

  private final Path folder;
  private final int newest;

  /**
   * Checkpoints in a folder.
   *
   * @param folder made if there is none; it serves one training at a time
   * @param newest how many of the newest ones stay
   */
  public Checkpoints(Path folder, int newest) {
    if (newest < 1) {
      throw new IllegalArgumentException("At least one checkpoint has to stay, not " + newest);
    }
    this.folder = folder;
    this.newest = newest;
  }

  /**
   * The folder.
   *
   * @return as it was given; it may not be there yet
   */
  public Path folder() {
    return folder;
  }

  /**
   * Adds a checkpoint and removes those that are too old.
   *
   * @param best whether it is the best of its phase so far
   */
  void save(TrainingState state, Trainee<?> network, @Nullable INDArray kept, boolean best) {
    try {
      Files.createDirectories(folder);
      Path file = folder.resolve(name(state));
      write(file, stream -> CheckpointFile.write(stream, state, network, kept));
      if (best) {
        write(folder.resolve(BEST), stream -> Files.copy(file, stream));
      }
      prune();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "No checkpoint can be written in %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String name(TrainingState state) {
    return String.format(
        Locale.ROOT, "checkpoint-%d-%010d.zip", state.phase().number(), state.progress().step());
  }

  private interface Content {
    void writeTo(OutputStream stream) throws IOException;
  }

  private void write(Path file, Content content) throws IOException {
    Path temporary = Files.createTempFile(folder, TEMPORARY, ".tmp");
    try {
      try (OutputStream stream = Files.newOutputStream(temporary)) {
        content.writeTo(stream);
      }
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true); // The name must not reach the disk before the content.
      }
      move(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void prune() throws IOException {
    List<Path> all = files();
    for (Path old : all.subList(0, Math.max(0, all.size() - newest))) {
      Files.deleteIfExists(old);
    }
    try (Stream<Path> left = Files.list(folder)) {
      for (Path file : left.filter(Checkpoints::isTemporary).toList()) {
        Files.deleteIfExists(file); // Of a training that was killed.
      }
    }
  }

  private static boolean isTemporary(Path file) {
    return String.valueOf(file.getFileName()).startsWith(TEMPORARY);
  }

  /** From the oldest to the newest. */
  List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(String.valueOf(file.getFileName())).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * The newest checkpoint; nothing if there is none.
   *
   * @param like a network of the kind that it holds
   * @throws CheckpointException if it is broken, or holds another kind
   */
  <M> Optional<Checkpoint<M>> latest(Trainee<M> like) {
    try {
      List<Path> files = files();
      return files.isEmpty()
          ? Optional.empty()
          : Optional.of(CheckpointFile.read(files.get(files.size() - 1), like));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The checkpoints in %s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
