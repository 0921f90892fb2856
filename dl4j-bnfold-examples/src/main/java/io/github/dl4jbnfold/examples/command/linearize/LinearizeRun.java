package io.github.dl4jbnfold.examples.command.linearize;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.train.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The folder in which a run is remembered, besides the checkpoints of the trainer: its settings,
 * the times that were measured, which are never the same again, what was chosen, and what was
 * merged.
 */
record LinearizeRun(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SETTINGS = "run.json";
  private static final String CHOICE = "choice.json";
  private static final String CONVERSION = "conversion.json";
  private static final String COSTS = "costs.json";
  private static final String FRONTIER = "frontier.json";
  private static final Set<String> NAMES =
      Set.of(SETTINGS, CHOICE, CONVERSION, COSTS, FRONTIER, "best.zip");

  /**
   * Begins a run, or goes on with it.
   *
   * @param settings all that the result depends on, by what a user calls it
   * @throws CheckpointException if the folder remembers a run with others
   */
  void begin(SortedMap<String, String> settings) throws IOException {
    Path file = folder.resolve(SETTINGS);
    if (!Files.exists(file)) {
      write(SETTINGS, settings);
      return;
    }
    Map<?, ?> known = read(file, Map.class);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      Object before = known.get(setting.getKey());
      if (!setting.getValue().equals(before)) {
        throw new CheckpointException(
            "%s remembers a run with another %s (%s, now %s)."
                .formatted(folder, setting.getKey(), before, setting.getValue()));
      }
    }
  }

  /** The activations that a run that was stopped had chosen. */
  Optional<Set<String>> choice() {
    Path file = folder.resolve(CHOICE);
    return Files.exists(file) ? Optional.of(Set.of(read(file, String[].class))) : Optional.empty();
  }

  void remember(Set<String> linear) throws IOException {
    write(CHOICE, new TreeSet<>(linear));
  }

  /** What could be chosen; empty where gates were trained. */
  List<FrontierPoint> frontier() {
    Path file = folder.resolve(FRONTIER);
    return Files.exists(file) ? List.of(read(file, FrontierPoint[].class)) : List.of();
  }

  void remember(List<FrontierPoint> frontier) throws IOException {
    write(FRONTIER, frontier);
  }

  /** What this run, or it before it was stopped, has measured. */
  Map<String, Double> costs() {
    Path file = folder.resolve(COSTS);
    return Files.exists(file) ? read(file, Measured.class) : Map.of();
  }

  void rememberCosts(Map<String, Double> costs) throws IOException {
    write(COSTS, costs);
  }

  private static final class Measured extends TreeMap<String, Double> {
    private static final long serialVersionUID = 1;
  }

  /** What was merged, by this run or before it was stopped. */
  LayerFoldingReport conversion() {
    return read(folder.resolve(CONVERSION), LayerFoldingReport.class);
  }

  void remember(LayerFoldingReport conversion) throws IOException {
    write(CONVERSION, conversion);
  }

  /** Whole or not at all. */
  private void write(String name, Object value) throws IOException {
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, ".checkpoint-", ".tmp");
    JSON.writeValue(temporary.toFile(), value);
    Files.move(temporary, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
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
