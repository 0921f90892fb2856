package io.github.dl4jbnfold.examples.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.train.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The folder in which a run is remembered, besides the checkpoints of the trainer: what was chosen,
 * as measured times are never the same again, and what was merged.
 */
record LinearizeRun(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHOICE = "choice.json";
  private static final String CONVERSION = "conversion.json";
  private static final Set<String> NAMES = Set.of(CHOICE, CONVERSION, "best.zip");

  /** What was chosen, and by which rule. */
  private record Chosen(String rule, SortedSet<String> linear) {}

  /**
   * The activations that a run that was stopped had chosen.
   *
   * @throws CheckpointException if it was another rule, or the file is damaged
   */
  Optional<Set<String>> choice(String rule) {
    Path file = folder.resolve(CHOICE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Chosen chosen = read(file, Chosen.class);
    if (!chosen.rule.equals(rule)) {
      throw new CheckpointException(
          "%s remembers a run that chose by %s, not by %s.".formatted(folder, chosen.rule, rule));
    }
    return Optional.of(Set.copyOf(chosen.linear));
  }

  void remember(String rule, Set<String> linear) throws IOException {
    write(CHOICE, new Chosen(rule, new TreeSet<>(linear)));
  }

  /** What was merged, by this run or before it was stopped. */
  LayerFoldingReport conversion() {
    return read(folder.resolve(CONVERSION), LayerFoldingReport.class);
  }

  void remember(LayerFoldingReport conversion) throws IOException {
    write(CONVERSION, conversion);
  }

  private void write(String name, Object value) throws IOException {
    Files.createDirectories(folder);
    JSON.writeValue(folder.resolve(name).toFile(), value);
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new CheckpointException("%s is damaged.".formatted(file), e);
    }
  }

  /** Removes what belongs to a run, and the folder if nothing else is in it. */
  void forget() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (NAMES.contains(name) || name.matches("\\.?checkpoint-.*\\.(zip|tmp)")) {
          Files.delete(file);
        }
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      if (left.findAny().isEmpty()) {
        Files.delete(folder);
      }
    }
  }
}
