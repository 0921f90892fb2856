package io.github.dl4jbnfold.examples.notebook;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A Jupyter notebook, as its file holds it (<a
 * href="https://nbformat.readthedocs.io/en/latest/format_description.html">nbformat 4</a>). It is
 * never changed; what the format knows and this class does not is kept.
 */
public final class Notebook {
  private static final int FORMAT = 4;

  /** The first with identifiers of cells. */
  private static final int MINOR_FORMAT = 5;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  // As Jupyter writes it, so that a file that Jupyter saves again differs in what was changed only.
  private static final ObjectWriter WRITER =
      JsonMapper.builder()
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .build()
          .writer(
              new DefaultPrettyPrinter(
                      Separators.createDefaultInstance()
                          .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                          .withArrayEmptySeparator("")
                          .withObjectEmptySeparator(""))
                  .withObjectIndenter(new DefaultIndenter(" ", "\n"))
                  .withArrayIndenter(new DefaultIndenter(" ", "\n")));

  private final String name;
  private final ObjectNode root;
  private final List<Cell> cells;

  private Notebook(String name, ObjectNode root) {
    this.name = name;
    this.root = root;
    this.cells = cells(name, root);
  }

  /**
   * Reads a notebook.
   *
   * @param name what to call it in messages
   * @throws NotebookException if this is none
   */
  public static Notebook read(String name, byte[] content) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (IOException e) {
      throw new NotebookException(name + ": this is no notebook; it is not written in JSON.", e);
    }
    if (!(root instanceof ObjectNode object) || !root.path("cells").isArray()) {
      throw new NotebookException(name + ": this is no notebook; it has no list of cells.");
    }
    int format = root.path("nbformat").asInt();
    if (format != FORMAT) {
      throw new NotebookException(
          String.format(
              Locale.ROOT,
              "%s: its format is version %d, and only version %d is read. Maybe open it in Jupyter"
                  + " and save it again.",
              name,
              format,
              FORMAT));
    }
    ObjectNode current = object.deepCopy();
    update(current);
    return new Notebook(name, current);
  }

  /** What to call it in messages. */
  public String name() {
    return name;
  }

  List<Cell> cells() {
    return cells;
  }

  /** Its first heading, or its name. */
  public String title() {
    return text()
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+\\s*", "").strip())
        .findFirst()
        .orElse(name);
  }

  /** The first sentence of its text, or nothing. */
  public String summary() {
    String paragraph =
        text()
            .lines()
            .dropWhile(line -> line.isBlank() || line.startsWith("#"))
            .takeWhile(line -> !line.isBlank())
            .reduce((first, next) -> first + " " + next)
            .orElse("");
    return paragraph.replaceFirst("(?<=[.!?])\\s.*", "").replaceAll("[`*]", "");
  }

  private String text() {
    return cells.stream()
        .filter(cell -> cell.kind() == Cell.Kind.MARKDOWN)
        .map(Cell::source)
        .findFirst()
        .orElse("");
  }

  /**
   * The same notebook with other outputs; its cells are counted from one as they run.
   *
   * @param outputs one list for each cell; those of cells that are not code are ignored
   */
  Notebook with(List<List<Output>> outputs) {
    ObjectNode copy = root.deepCopy();
    int count = 0;
    for (int i = 0; i < cells.size(); i++) {
      if (cells.get(i).isCode()) {
        count++;
        ObjectNode cell = (ObjectNode) copy.path("cells").path(i);
        cell.put("execution_count", count);
        cell.set("outputs", NotebookOutputs.write(outputs.get(i), count));
      }
    }
    return new Notebook(name, copy);
  }

  /** The content of its file. */
  public byte[] toBytes() {
    try {
      return (WRITER.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives cells their identifiers and outputs, which older minor versions do not ask for. */
  private static void update(ObjectNode root) {
    root.put("nbformat_minor", Math.max(MINOR_FORMAT, root.path("nbformat_minor").asInt()));
    if (!root.path("metadata").isObject()) {
      root.putObject("metadata");
    }
    Set<String> taken = new HashSet<>();
    root.path("cells").forEach(cell -> taken.add(cell.path("id").asText("")));
    int number = 0;
    for (JsonNode node : root.path("cells")) {
      number++;
      if (node instanceof ObjectNode cell) {
        if (!cell.path("id").isTextual()) {
          cell.put("id", unused("cell-" + number, taken));
        }
        cell.set("source", lines(lines(cell.path("source"))));
        if (!cell.path("metadata").isObject()) {
          cell.putObject("metadata");
        }
        if (cell.path("cell_type").asText().equals("code")) {
          if (!cell.path("outputs").isArray()) {
            cell.putArray("outputs");
          }
          if (!cell.has("execution_count")) {
            cell.putNull("execution_count");
          }
        }
      }
    }
  }

  private static String unused(String id, Set<String> taken) {
    String free = id;
    while (!taken.add(free)) {
      free += "-";
    }
    return free;
  }

  private static List<Cell> cells(String name, ObjectNode root) {
    List<Cell> cells = new ArrayList<>();
    for (JsonNode cell : root.path("cells")) {
      Cell.Kind kind =
          switch (cell.path("cell_type").asText()) {
            case "code" -> Cell.Kind.CODE;
            case "markdown" -> Cell.Kind.MARKDOWN;
            case "raw" -> Cell.Kind.RAW;
            default ->
                throw new NotebookException(
                    "%s: cell %d has the unknown type '%s'."
                        .formatted(name, cells.size() + 1, cell.path("cell_type").asText()));
          };
      cells.add(
          new Cell(
              kind,
              lines(cell.path("source")),
              kind == Cell.Kind.CODE ? NotebookOutputs.read(cell.path("outputs")) : List.of()));
    }
    return List.copyOf(cells);
  }

  /** Text, which the format lets be a string or a list of lines. */
  static String lines(JsonNode text) {
    if (!text.isArray()) {
      return text.asText();
    }
    StringBuilder all = new StringBuilder();
    text.forEach(line -> all.append(line.asText()));
    return all.toString();
  }

  /** Text as Jupyter writes it: a list of lines, each with its end. */
  static ArrayNode lines(String text) {
    ArrayNode lines = JsonNodeFactory.instance.arrayNode();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(start, next));
      start = next;
    }
    return lines;
  }
}
