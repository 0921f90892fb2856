package io.github.dl4jbnfold.examples.command.fold;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.dl4jbnfold.cost.CostFile;
import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.cost.Work;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tables of operator costs, to be shown or deleted. */
final class CostTables {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A file and what it holds: null if that is no table. */
  private record Table(Path file, @Nullable CostFile content) {}

  private final Path place;
  private final List<Table> tables;

  private CostTables(Path place, List<Table> tables) {
    this.place = place;
    this.tables = tables;
  }

  /** All files in the usual folder; one that is broken can still be deleted. */
  static CostTables ofUser() {
    try {
      List<Table> tables = new ArrayList<>();
      for (Path file : CostFolder.files()) {
        tables.add(new Table(file, contentOrNull(file)));
      }
      return new CostTables(CostFolder.path(), tables);
    } catch (IOException e) {
      throw CommandFailure.usage(
          "%s: this folder cannot be read (%s).".formatted(CostFolder.path(), e.getMessage()), e);
    }
  }

  private static @Nullable CostFile contentOrNull(Path file) {
    try {
      return CostFile.read(file).orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * The file that somebody names, if it exists.
   *
   * @throws CommandFailure if it holds something else, which is not to be deleted either
   */
  static CostTables of(Path file) {
    try {
      Optional<CostFile> content = CostFile.read(file);
      return new CostTables(file, content.map(c -> List.of(new Table(file, c))).orElse(List.of()));
    } catch (IOException e) {
      throw CommandFailure.usage(
          "%s: this is no table of costs, or cannot be read. Maybe name another file."
              .formatted(file),
          e);
    }
  }

  /** Deletes the files. */
  void clear() {
    for (Table table : tables) {
      try {
        Files.deleteIfExists(table.file());
      } catch (IOException e) {
        throw CommandFailure.refused(
            "%s: it cannot be deleted (%s).".formatted(table.file(), e.getMessage()), e);
      }
    }
  }

  /** What {@link #clear} did. */
  String cleared(boolean json) {
    if (json) {
      return json(Map.of("deleted", tables.stream().map(t -> t.file().toString()).toList()));
    }
    StringBuilder text = new StringBuilder();
    tables.forEach(table -> text.append("deleted %s%n".formatted(table.file())));
    return tables.isEmpty() ? "There was no table of costs at %s.%n".formatted(place) : text + "";
  }

  /** For people at a terminal. */
  String toText() {
    if (tables.isEmpty()) {
      return """
      There is no table of costs at %s.
      One comes to be when a fold weighs operators by their time (--objective fastest): it measures
      those that it has to compare, once, and remembers them there.
      """
          .formatted(place);
    }
    StringBuilder text = new StringBuilder();
    for (Table table : tables) {
      text.append(table.file()).append('\n');
      if (table.content() == null) {
        text.append("  no table of costs; the next measurement replaces it\n");
      } else {
        rows(text, table.content());
      }
    }
    return text.toString();
  }

  private static void rows(StringBuilder text, CostFile content) {
    text.append("  measured on ").append(content.machine()).append('\n');
    text.append(String.format(Locale.ROOT, "  %12s  %s\n", "microseconds", "operator and shapes"));
    content
        .seconds()
        .forEach(
            (key, seconds) ->
                text.append(String.format(Locale.ROOT, "  %,12.1f  %s\n", seconds * 1e6, key)));
  }

  /** For programs. */
  String toJson() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Table table : tables) {
      if (table.content() != null) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", table.file().toString());
        entry.put("machine", table.content().machine());
        entry.put("costs", costs(table.content()));
        list.add(entry);
      }
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("place", place.toString());
    root.put("tables", list);
    return json(root);
  }

  private static List<Map<String, Object>> costs(CostFile content) {
    List<Map<String, Object>> costs = new ArrayList<>();
    content
        .seconds()
        .forEach(
            (key, seconds) -> {
              Work work = Work.parse(key);
              Map<String, Object> cost = new LinkedHashMap<>();
              cost.put("operator", work.type());
              cost.put("dataType", work.dataType().name());
              cost.put("inputs", work.inputs());
              cost.put("integers", work.integers());
              cost.put("reals", work.reals());
              cost.put("microseconds", seconds * 1e6);
              costs.add(cost);
            });
    return costs;
  }

  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Plain values cannot fail to serialise.", e);
    }
  }
}
