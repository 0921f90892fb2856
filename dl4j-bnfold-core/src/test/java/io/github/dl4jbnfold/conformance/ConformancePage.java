package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.conformance.Catalogue.Line;
import io.github.dl4jbnfold.plan.Objective;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;

/** The catalogue and the outcome of every case, as Markdown. */
final class ConformancePage {
  static final String COMMAND =
      "mvn test -pl dl4j-bnfold-core -Dtest=ConformanceTest -Dconformance.write=true";

  private static final String HEAD =
      """
      # Conformance

      What an exact fold must do, case by case, and what this one does. `ConformanceTest` folds every network below and
      writes this page:

      ```
      %s
      ```

      Parameters are random: γ of both signs unless stated, σ² in [0.2, 2], μ and β not 0; images are not square. Each case
      is folded in the layouts and data types that its row names, and the outputs for random inputs are compared, borders
      included: the largest error, relative to the output's largest magnitude, is at most 1e-9 in float64, 1e-4 in float32
      and 2e-2 in float16 and bfloat16. A second fold changes nothing. Cases of one number ask one question in several forms.

      | wanted | meaning | cases | as wanted |
      |---|---|---:|---:|
      %s
      *Weights only* is the outcome with the objective `NO_NEW_OPERATORS`, where it is another one. The reasons are explained
      in [report.md](report.md), the repairs in [theory.md](theory.md#repairs).
      """;

  private static final Map<Wanted, String> MEANING =
      Map.of(
          Wanted.FOLDS, "all BNs go, no operator is repaired",
          Wanted.FOLDS_BY_REPAIR, "all BNs go by the repairs in the row",
          Wanted.STAYS, "something stays, for the reason in the row",
          Wanted.UNTOUCHED, "nothing changes");

  private ConformancePage() {}

  static String text() {
    StringBuilder page = new StringBuilder(HEAD.formatted(COMMAND, counts()));
    Catalogue.SECTIONS.forEach((heading, lines) -> section(page, heading, lines));
    return page.toString();
  }

  private static String counts() {
    StringBuilder rows = new StringBuilder();
    for (Wanted wanted : Wanted.values()) {
      List<Case> cases =
          Catalogue.all().stream()
              .map(Line::content)
              .filter(c -> c.build() != null && c.expected().wanted() == wanted)
              .toList();
      long fulfilled = cases.stream().filter(c -> !c.differs()).count();
      row(rows, wanted.letter(), MEANING.get(wanted), cases.size(), fulfilled);
    }
    return rows.toString();
  }

  private static void section(StringBuilder page, String heading, List<Line> lines) {
    page.append("\n## ").append(heading).append("\n\n");
    row(
        page,
        "case",
        "network",
        "wanted",
        "outcome",
        "operators",
        "repairs",
        "weights only",
        "layouts",
        "types",
        "note");
    page.append("|---:|---|---|---|---|---|---|---|---|---|\n");
    lines.forEach(line -> row(page, line));
  }

  private static void row(StringBuilder page, Line line) {
    Case c = line.content();
    String wanted = c.expected().wanted().letter();
    if (c.build() == null) {
      row(page, line.label(), c.network(), wanted, "", "", "", "", "", "", note(c));
      return;
    }
    Outcome outcome = Outcomes.of(line);
    String weightsOnly =
        Outcome.of(c, options -> options.objective(Objective.NO_NEW_OPERATORS)).words();
    row(
        page,
        line.label(),
        c.network(),
        wanted,
        outcome.words(),
        outcome.operators(),
        outcome.repairWords(),
        weightsOnly.equals(outcome.words()) ? "" : weightsOnly,
        join(c.setting().formats()),
        c.setting().types().stream().map(ConformancePage::name).collect(Collectors.joining(", ")),
        note(c));
  }

  private static String note(Case c) {
    String note = c.note();
    return note == null ? "" : c.differs() ? "**Not as wanted.** " + note : note;
  }

  private static String name(DataType type) {
    return switch (type) {
      case DOUBLE -> "float64";
      case FLOAT -> "float32";
      case HALF -> "float16";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  private static String join(List<?> parts) {
    return parts.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private static void row(StringBuilder page, Object... cells) {
    page.append(
        Arrays.stream(cells)
            .map(cell -> cell.toString())
            .collect(Collectors.joining(" | ", "| ", " |\n")));
  }
}
