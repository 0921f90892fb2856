package io.github.dl4jbnfold.cost;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of a cost file.
 *
 * @param machine where it was measured
 * @param seconds by {@link Work#key()}
 */
public record CostFile(Machine machine, SortedMap<String, Double> seconds) {
  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Copies the table. */
  public CostFile {
    seconds = Collections.unmodifiableSortedMap(new TreeMap<>(seconds));
  }

  /**
   * Reads a file.
   *
   * @param file JSON
   * @return nothing if there is no such file
   * @throws IOException if it cannot be read or holds something else
   */
  public static Optional<CostFile> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(MAPPER.readTree(Files.readAllBytes(file))));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("%s holds no table of costs.".formatted(file), e);
    }
  }

  private static CostFile parse(JsonNode root) {
    if (root.path("format").asInt() != FORMAT) {
      throw new IllegalArgumentException("not format " + FORMAT);
    }
    JsonNode machine = root.path("machine");
    SortedMap<String, Double> seconds = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : root.path("seconds").properties()) {
      double value = entry.getValue().isNumber() ? entry.getValue().asDouble() : -1;
      if (!Double.isFinite(value) || value < 0) {
        throw new IllegalArgumentException("not a time: " + entry);
      }
      seconds.put(Work.parse(entry.getKey()).key(), value);
    }
    return new CostFile(
        new Machine(
            machine.path("backend").asText(),
            machine.path("version").asText(),
            machine.path("threads").asInt(),
            machine.path("processor").asText()),
        seconds);
  }

  /** Writes the file under another name beside its place and moves it there: it is never half. */
  void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("%s is no file.".formatted(file));
    }
    Files.createDirectories(folder);
    byte[] content =
        MAPPER.writeValueAsBytes(
            new TreeMap<>(Map.of("format", FORMAT, "machine", machine, "seconds", seconds)));
    Path temporary = Files.createTempFile(folder, ".costs-", ".tmp");
    try {
      Files.write(temporary, content);
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
}
