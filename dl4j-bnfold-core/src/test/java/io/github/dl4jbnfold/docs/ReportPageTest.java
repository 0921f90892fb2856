package io.github.dl4jbnfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.Size;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/report.md explains every field, reason and repair of a report, and no other. */
class ReportPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern CONSTANT = Pattern.compile("[A-Z]+_[A-Z]+");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  /** The names in the first column of the table under a head. */
  private static List<String> firstColumn(String head) throws IOException {
    List<String> lines = Files.readAllLines(DOCS.resolve("report.md"));
    int start = lines.indexOf(head);
    assertThat(start).as("docs/report.md has a table \"%s\"", head).isNotNegative();
    return lines.stream()
        .skip(start + 2L)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.substring(0, line.indexOf('|', 1)))
        .flatMap(cell -> NAME.matcher(cell).results())
        .map(name -> name.group(1))
        .toList();
  }

  private static Set<String> inOrder(List<String> names) {
    return new TreeSet<>(names);
  }

  @Test
  void every_field_is_explained() throws IOException {
    FoldReport report =
        FoldReport.planned(
            Planner.plan(
                new Graph.Builder().build(),
                Limits.FLOAT64,
                name -> false,
                Objective.FEWEST_BATCH_NORMS),
            List.of(),
            new Size(0, 0),
            0);
    Set<String> fields = new TreeSet<>();
    new ObjectMapper().readTree(report.toJson()).fieldNames().forEachRemaining(fields::add);

    assertThat(inOrder(firstColumn("| JSON field | meaning |"))).isEqualTo(fields);
  }

  @Test
  void every_reason_is_explained() throws IOException {
    assertThat(firstColumn("| `reason` | meaning |"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Reason.values()).map(Reason::name).toList());
  }

  @Test
  void every_repair_is_explained() throws IOException {
    Set<String> repairs = RepairSamples.names();
    assertThat(repairs).as("the repairs of the samples").isEqualTo(repairsInCode());

    assertThat(inOrder(firstColumn("| `repair` | what the operator has become |")))
        .isEqualTo(repairs);
  }

  /** The names of the repairs of operators, and the words with a line that the report class has. */
  private static Set<String> repairsInCode() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Repairable.Repair repair : Repairable.Repair.values()) {
      names.add(repair.name());
    }
    try (InputStream code = FoldReport.class.getResourceAsStream("FoldReport.class")) {
      String text = new String(code.readAllBytes(), StandardCharsets.ISO_8859_1);
      CONSTANT.matcher(text).results().forEach(word -> names.add(word.group()));
    }
    return names;
  }

  @Test
  void the_theory_explains_every_repair() throws IOException {
    assertThat(Files.readString(DOCS.resolve("theory.md"))).contains(RepairSamples.names());
  }
}
