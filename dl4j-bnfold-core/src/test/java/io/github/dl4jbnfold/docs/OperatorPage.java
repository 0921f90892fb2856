package io.github.dl4jbnfold.docs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of docs/operators.md: some cells say what the code states, others are written by hand.
 */
final class OperatorPage {
  static final String COMMAND =
      "mvn test -pl dl4j-bnfold-core -Dtest=OperatorPageTest -Doperators.write=true";

  private static final String HEAD = "| operator |";

  private final List<String> before = new ArrayList<>();
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<String> after = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** The cells of a row, in the order of the page. */
  record Row(
      String operator,
      String staying,
      String changed,
      String formula,
      String sameDiff,
      String shownBy) {
    static Row parse(String line) {
      String[] cells = line.substring(2, line.length() - 2).split(" \\| ", -1);
      if (cells.length != 6) {
        throw new IllegalArgumentException("A row has 6 cells, not " + Arrays.toString(cells));
      }
      String operator = cells[0].replace("`", "");
      return new Row(operator, cells[1], cells[2], cells[3], cells[4], cells[5]);
    }

    Row with(OperatorCells code) {
      return new Row(operator, code.staying(), code.changed(), formula, code.sameDiff(), shownBy);
    }

    @Override
    public String toString() {
      return String.join(
          " | ", "| `" + operator + "`", staying, changed, formula, sameDiff, shownBy + " |");
    }
  }

  OperatorPage(String text) {
    List<String> lines = text.lines().toList();
    int head = 0;
    while (head < lines.size() && !lines.get(head).startsWith(HEAD)) {
      head++;
    }
    int line = Math.min(head + 2, lines.size());
    before.addAll(lines.subList(0, line));
    for (; line < lines.size() && lines.get(line).startsWith("| "); line++) {
      Row row = Row.parse(lines.get(line));
      if (rows.put(row.operator, row) != null) {
        problems.add("The page has two rows `%s`.".formatted(row.operator));
      }
    }
    after.addAll(lines.subList(line, lines.size()));
  }

  List<Row> rows() {
    return List.copyOf(rows.values());
  }

  /** A sentence for each cell that is not what the code states. */
  List<String> differences(Map<String, OperatorCells> code) {
    List<String> all = new ArrayList<>(problems);
    code.forEach(
        (operator, cells) -> {
          Row row = rows.get(operator);
          if (row == null) {
            all.add("The page has no row `%s`, an operator of the code.".formatted(operator));
          } else {
            compare(all, operator, "demand while it stays", row.staying, cells.staying());
            compare(all, operator, "gone or repaired", row.changed, cells.changed());
            compare(all, operator, "SameDiff", row.sameDiff, cells.sameDiff());
          }
        });
    for (String operator : rows.keySet()) {
      if (!code.containsKey(operator)) {
        all.add("The page has a row `%s`, which is no operator of the code.".formatted(operator));
      }
    }
    return all;
  }

  private static void compare(
      List<String> all, String operator, String cell, String page, String code) {
    if (!page.equals(code)) {
      all.add(
          "Row `%s`, cell \"%s\": the code states \"%s\", the page says \"%s\"."
              .formatted(operator, cell, code, page));
    }
  }

  /** The page with the cells that the code states; what is written by hand stays. */
  String rewritten(Map<String, OperatorCells> code) {
    List<String> lines = new ArrayList<>(before);
    for (Row row : rows.values()) {
      OperatorCells cells = code.get(row.operator);
      if (cells != null) {
        lines.add(row.with(cells).toString());
      }
    }
    code.forEach(
        (operator, cells) -> {
          if (!rows.containsKey(operator)) {
            lines.add(new Row(operator, "", "", "", "", "").with(cells).toString());
          }
        });
    lines.addAll(after);
    return String.join("\n", lines) + "\n";
  }
}
