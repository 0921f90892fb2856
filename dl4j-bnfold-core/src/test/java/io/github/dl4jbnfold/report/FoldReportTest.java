package io.github.dl4jbnfold.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.report.FoldReport.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A report as data, JSON, text and Markdown. Scripts rely on the names of the JSON fields. */
class FoldReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Locale before = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(before);
  }

  /** bn1 goes, bn2 stays: its shift would have to pass the border of a padded convolution. */
  private static Plan plan() {
    Sketch net = new Sketch();
    Tensor x = net.relu(net.norm(net.linear(net.input(3), 4), 2, 0.5));
    net.output(net.padded(net.norm(x, 3, -0.25), 2));
    return Planner.plan(net.build(), Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);
  }

  private static FoldReport planned() {
    return FoldReport.planned(plan(), List.of("t5"), new Size(6, 1234567), 0.5);
  }

  private static FoldReport applied() {
    return planned().applied(new Size(5, 1234000), 1.5e-12, 2.5e-13, 1.25);
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void a_plan_counts_before_and_names_what_would_go_and_what_stays() {
    FoldReport report = planned();

    assertThat(report.applied()).isFalse();
    assertThat(report.batchNorms()).isEqualTo(2);
    assertThat(report.removed()).containsExactly("bn1");
    assertThat(report.outputs()).containsExactly("t5");
    assertThat(report.operatorsAfter()).isEqualTo(report.operatorsBefore()).isEqualTo(6);
    assertThat(report.parametersAfter()).isEqualTo(report.parametersBefore()).isEqualTo(1234567);
    assertThat(report.kept()).hasSize(1);
    KeptNorm kept = report.kept().get(0);
    assertThat(kept.name()).isEqualTo("bn2");
    assertThat(kept.reason()).isEqualTo(Reason.SHIFT_CONFLICT);
    assertThat(kept.constraints()).hasSize(3);
  }

  @Test
  void an_applied_report_differs_from_the_plan_in_sizes_errors_and_time_only() {
    FoldReport planned = planned();
    FoldReport applied = applied();

    assertThat(applied.applied()).isTrue();
    assertThat(applied.operatorsBefore()).isEqualTo(6);
    assertThat(applied.operatorsAfter()).isEqualTo(5);
    assertThat(applied.parametersAfter()).isEqualTo(1234000);
    assertThat(applied.maxAbsoluteError()).isEqualTo(1.5e-12);
    assertThat(applied.maxRelativeError()).isEqualTo(2.5e-13);
    assertThat(applied.seconds()).isEqualTo(1.25);
    assertThat(applied.removed()).isEqualTo(planned.removed());
    assertThat(applied.kept()).isEqualTo(planned.kept());
  }

  @Test
  void a_refused_normalization_counts_as_kept() {
    Graph.Builder builder = new Graph.Builder();
    builder.refuse(new Refusal("odd", Reason.UNSUPPORTED_FORM, "Two axes.", "Use one axis."));
    Plan plan =
        Planner.plan(builder.build(), Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);

    FoldReport report = FoldReport.planned(plan, List.of(), new Size(1, 1), 0);

    assertThat(report.batchNorms()).isEqualTo(1);
    assertThat(report.kept())
        .containsExactly(
            new KeptNorm("odd", Reason.UNSUPPORTED_FORM, "Two axes.", "Use one axis.", List.of()));
  }

  @Test
  void the_names_of_the_json_fields_are_stable() throws Exception {
    JsonNode json = JSON.readTree(applied().toJson());

    assertThat(fields(json))
        .containsExactlyInAnyOrder(
            "applied",
            "batchNorms",
            "removed",
            "reduced",
            "mostRemovable",
            "maximum",
            "merged",
            "repairs",
            "layers",
            "rawInputs",
            "kept",
            "outputs",
            "operatorsBefore",
            "operatorsAfter",
            "parametersBefore",
            "parametersAfter",
            "maxAbsoluteError",
            "maxRelativeError",
            "seconds");
    assertThat(fields(json.get("kept").get(0)))
        .containsExactlyInAnyOrder("name", "reason", "detail", "remedy", "constraints");
    assertThat(fields(json.get("kept").get(0).get("constraints").get(0)))
        .containsExactlyInAnyOrder("operator", "kind", "channels", "demand");
  }

  @Test
  void json_carries_the_values_of_the_report() throws Exception {
    JsonNode json = JSON.readTree(applied().toJson());

    assertThat(json.get("applied").asBoolean()).isTrue();
    assertThat(json.get("batchNorms").asInt()).isEqualTo(2);
    assertThat(json.get("removed").get(0).asText()).isEqualTo("bn1");
    assertThat(json.get("kept").get(0).get("reason").asText()).isEqualTo("SHIFT_CONFLICT");
    assertThat(json.get("operatorsBefore").asInt()).isEqualTo(6);
    assertThat(json.get("operatorsAfter").asInt()).isEqualTo(5);
    assertThat(json.get("maxAbsoluteError").asDouble()).isEqualTo(1.5e-12);
    assertThat(json.get("maxRelativeError").asDouble()).isEqualTo(2.5e-13);
    assertThat(json.get("seconds").asDouble()).isEqualTo(1.25);
  }

  @Test
  void json_survives_names_with_quotes_and_line_breaks() throws Exception {
    FoldReport report = withName("a\"b\\c\nd");

    JsonNode json = JSON.readTree(report.toJson());

    assertThat(json.get("kept").get(0).get("name").asText()).isEqualTo("a\"b\\c\nd");
  }

  private static FoldReport withName(String name) {
    FoldReport r = applied();
    KeptNorm kept = new KeptNorm(name, Reason.USER, "You | asked.", "Do not.", List.of());
    return new FoldReport(
        true,
        2,
        r.removed(),
        r.reduced(),
        r.mostRemovable(),
        r.merged(),
        r.repairs(),
        r.layers(),
        r.rawInputs(),
        List.of(kept),
        r.outputs(),
        6,
        5,
        9,
        8,
        0,
        0,
        1);
  }

  @Test
  void it_names_the_layers_of_this_library_that_the_network_needs() throws Exception {
    FoldReport report = applied().needing(List.of("a.b.ClampLayer", "a.b.MapLayer"));

    assertThat(report.toText())
        .contains("needs this library to be loaded, for ClampLayer, MapLayer");
    assertThat(report.toMarkdown()).contains("- `a.b.ClampLayer`\n- `a.b.MapLayer`\n");
    assertThat(JSON.readTree(report.toJson()).get("layers").get(1).asText())
        .isEqualTo("a.b.MapLayer");
    assertThat(applied().toText()).doesNotContain("needs this library");
    assertThat(applied().followedBy(report).layers()).isEqualTo(report.layers());
  }

  @Test
  void text_says_how_many_went_and_why_the_others_stay() {
    FoldReport report = applied();
    KeptNorm kept = report.kept().get(0);

    assertThat(report.toText())
        .startsWith("1 of 2 batch normalizations removed, 1 kept: the maximum\n")
        .contains("bn2 (SHIFT_CONFLICT)", kept.detail(), kept.remedy(), "1.50e-12", "2.50e-13");
  }

  @Test
  void text_of_a_plan_does_not_claim_to_have_removed_or_checked_anything() {
    assertThat(planned().toText())
        .startsWith("1 of 2 batch normalizations can be removed, 1 kept: the maximum\n")
        .doesNotContain("error");
  }

  @Test
  void text_of_a_network_without_normalizations_says_so() {
    Plan plan =
        Planner.plan(
            new Graph.Builder().build(), Limits.FLOAT64, name -> false, Objective.NO_NEW_OPERATORS);

    assertThat(FoldReport.planned(plan, List.of(), new Size(3, 7), 0).toText())
        .startsWith("There is no batch normalization in this network.");
  }

  @Test
  void markdown_has_tables_of_sizes_and_of_what_stays() {
    FoldReport report = applied();

    assertThat(report.toMarkdown().replace("\r\n", "\n"))
        .startsWith("# ")
        .contains("| batch normalizations | 2 | 1 |\n")
        .contains("| operators | 6 | 5 |\n")
        .contains("| `bn2` | SHIFT_CONFLICT | ")
        .contains("- `bn1`\n");
  }

  @Test
  void markdown_cells_stay_in_their_column() {
    String row =
        withName("a|b\nc")
            .toMarkdown()
            .lines()
            .filter(line -> line.contains("USER"))
            .findFirst()
            .orElseThrow();

    assertThat(row).contains("a\\|b c").contains("You \\| asked.");
    assertThat(row.replace("\\|", "").chars().filter(c -> c == '|').count()).isEqualTo(5);
  }

  @Test
  void numbers_read_the_same_in_every_country() {
    Locale.setDefault(Locale.GERMANY);

    assertThat(applied().toText()).contains("1,234,567", "1.50e-12", "1.25 s");
    assertThat(applied().toMarkdown()).contains("1,234,567", "1.50e-12", "1.25 s");
    assertThat(applied().kept().get(0).detail()).contains("-0.25").doesNotContain("0,25");
  }
}
