package io.github.dl4jbnfold.examples.command.console;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Some files that are all complete before the first of them appears. */
public final class OutputFiles {
  private final Path model;
  private final boolean overwrite;
  private final Map<Path, byte[]> contents = new LinkedHashMap<>();

  /**
   * Begins with none.
   *
   * @param model what they are made of
   * @param overwrite whether they may replace files that exist
   */
  public OutputFiles(Path model, boolean overwrite) {
    this.model = model;
    this.overwrite = overwrite;
  }

  /**
   * Says early, before any work, what would stop a file from being written.
   *
   * @throws CommandFailure if its place is taken, does not exist, or is the model's or that of
   *     another file
   */
  public void expect(Path file) {
    if (OutputFile.isSame(file, model)) {
      throw CommandFailure.usage(
          "%s: this is the model itself. Give the file another name.".formatted(file));
    }
    expectInPlace(file);
  }

  /**
   * The same for a file that may replace the model.
   *
   * @throws CommandFailure if its place is taken, does not exist, or is that of another file
   */
  public void expectInPlace(Path file) {
    for (Path other : contents.keySet()) {
      if (OutputFile.isSame(file, other)) {
        throw CommandFailure.usage(
            "%s: two files cannot have one name. Give each its own.".formatted(file));
      }
    }
    OutputFile.check(file, overwrite);
    contents.put(file, new byte[0]);
  }

  /** The content of a file, complete. */
  public void put(Path file, byte[] content) {
    contents.put(file, content);
  }

  /** Writes all, or none. */
  public void write() {
    Deque<OutputFile> prepared = new ArrayDeque<>();
    Deque<OutputFile> published = new ArrayDeque<>();
    try {
      contents.forEach(
          (file, content) -> prepared.add(OutputFile.prepare(file, overwrite, content)));
      for (OutputFile file : prepared) {
        file.publish();
        published.push(file);
      }
    } catch (CommandFailure e) {
      published.forEach(OutputFile::retract);
      throw e;
    } finally {
      prepared.forEach(OutputFile::close);
    }
  }
}
