package io.github.dl4jbnfold.examples.page;

import static io.github.dl4jbnfold.examples.page.Html.bytes;
import static io.github.dl4jbnfold.examples.page.Html.change;
import static io.github.dl4jbnfold.examples.page.Html.changeOfCounts;
import static io.github.dl4jbnfold.examples.page.Html.code;
import static io.github.dl4jbnfold.examples.page.Html.count;
import static io.github.dl4jbnfold.examples.page.Html.milliseconds;
import static io.github.dl4jbnfold.examples.page.Html.paragraph;
import static io.github.dl4jbnfold.examples.page.Html.table;

import io.github.dl4jbnfold.examples.chart.Bars;
import io.github.dl4jbnfold.examples.chart.Bars.Bar;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Xml;
import io.github.dl4jbnfold.examples.measure.Errors;
import io.github.dl4jbnfold.examples.page.FoldStudy.ErrorsAndInputs;
import io.github.dl4jbnfold.examples.page.FoldStudy.Memory;
import io.github.dl4jbnfold.examples.page.Html.Card;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The page of a fold. */
public final class FoldPage {
  private final FoldStudy study;
  private final FoldReport report;

  private FoldPage(FoldStudy study) {
    this.study = study;
    this.report = study.report();
  }

  /** One HTML file that needs no other. */
  public static String of(FoldStudy study) {
    return new FoldPage(study).html();
  }

  private String html() {
    Html html = new Html(study.model(), lead());
    html.section("counts", "In numbers", Html.cards(cards()));
    html.section("network", "The network", DrawingParts.html(study.drawings()));
    if (!report.kept().isEmpty()) {
      html.section("kept", "What stayed, and why", kept());
    }
    study.errors().ifPresent(errors -> html.section("check", "The check", check(errors)));
    study
        .times()
        .ifPresent(times -> html.section("time", "Time", TimeParts.html(times, study.unit())));
    html.section("memory", "Memory", memory());
    if (!report.repairs().isEmpty()) {
      html.section("repairs", "What became another operator", repairs());
    }
    if (!report.removed().isEmpty() || !report.reduced().isEmpty()) {
      html.section("removed", "What is gone", removed());
    }
    return html.page(DrawingParts.data(study.drawings()));
  }

  private String lead() {
    if (report.batchNorms() == 0) {
      return "There is no batch normalization in this network.";
    }
    return "%d of %d batch normalizations folded away, %s."
        .formatted(
            report.removed().size(),
            report.batchNorms(),
            report.isMaximum()
                ? "the proved maximum"
                : "%d is the bound that was proved".formatted(report.mostRemovable()));
  }

  private List<Card> cards() {
    List<Card> cards = new ArrayList<>();
    cards.add(
        new Card(
            "Batch normalizations",
            "%d → %d"
                .formatted(report.batchNorms(), report.kept().size() + report.reduced().size()),
            "%d removed, %d kept".formatted(report.removed().size(), report.kept().size())));
    cards.add(
        new Card(
            study.unit().equals("layer") ? "Layers" : "Operators",
            "%s → %s".formatted(count(report.operatorsBefore()), count(report.operatorsAfter())),
            change(report.operatorsBefore(), report.operatorsAfter())));
    cards.add(
        new Card(
            "Parameters",
            "%s → %s".formatted(count(report.parametersBefore()), count(report.parametersAfter())),
            changeOfCounts(report.parametersBefore(), report.parametersAfter())));
    study
        .times()
        .map(times -> times.times().whole())
        .ifPresent(
            whole ->
                cards.add(
                    new Card(
                        "Time of one example",
                        "%s → %s"
                            .formatted(
                                milliseconds(whole.before()).replace(" ms", ""),
                                milliseconds(whole.after())),
                        change(whole.before(), whole.after()))));
    cards.add(
        new Card(
            "Largest error",
            String.format(Locale.ROOT, "%.1e", report.maxRelativeError()),
            "relative, in the check of the fold"));
    return cards;
  }

  private String kept() {
    Drawing before = study.drawings().get(0);
    List<List<String>> rows =
        report.kept().stream()
            .map(
                norm ->
                    List.of(
                        link(before, norm.name()),
                        code(norm.reason().name()),
                        Xml.escape(norm.detail()) + constraints(norm),
                        Xml.escape(norm.remedy())))
            .toList();
    return table(
        "Batch normalizations that stayed",
        List.of("Batch normalization", "Reason", "Constraint", "What would lift it"),
        rows);
  }

  private static String link(Drawing drawing, String name) {
    return drawing.nodes().stream()
        .filter(node -> node.name().equals(name))
        .map(Node::id)
        .findFirst()
        .map(id -> "<a href=\"#%s-n%d\">%s</a>".formatted(drawing.key(), id, code(name)))
        .orElse(code(name));
  }

  private static String constraints(FoldReport.KeptNorm norm) {
    if (norm.constraints().isEmpty()) {
      return "";
    }
    return norm.constraints().stream()
        .map(c -> "<li>%s: %s</li>".formatted(code(c.operator()), Xml.escape(c.demand())))
        .collect(
            Collectors.joining("", "<details><summary>The proof</summary><ul>", "</ul></details>"));
  }

  private String check(ErrorsAndInputs measured) {
    Errors errors = measured.errors();
    String all =
        "%s numbers, all outputs for %d random examples, before and after: "
            .formatted(count(errors.count()), measured.examples());
    String text =
        errors.largest() == 0
            ? all + "all are equal to the last bit."
            : all
                + "%s are equal to the last bit, the largest difference is %s of the largest magnitude of its output."
                    .formatted(
                        count(errors.equal()),
                        String.format(Locale.ROOT, "%.1e", errors.largest()));
    if (errors.largest() == 0) {
      return paragraph(text);
    }
    return paragraph(text)
        + "<div class=\"wide\">"
        + Bars.svg("Histogram. " + text, "relative difference", bars(errors))
        + "</div>\n";
  }

  /** One for what is equal, one for each decade between the least and the largest. */
  private static List<Bar> bars(Errors errors) {
    List<Bar> bars = new ArrayList<>(List.of(new Bar("equal", errors.equal())));
    TreeMap<Integer, Long> decades = errors.decades();
    if (!decades.isEmpty()) {
      for (int decade = decades.firstKey(); decade <= decades.lastKey(); decade++) {
        bars.add(new Bar("≤1e" + decade, decades.getOrDefault(decade, 0L)));
      }
    }
    if (errors.notFinite() > 0) {
      bars.add(new Bar("not finite", errors.notFinite()));
    }
    return bars;
  }

  private String memory() {
    Memory memory = study.memory();
    return table(
        "Memory",
        List.of("", " Before", " After", " Change"),
        List.of(
            row("Parameters", memory.parametersBefore(), memory.parametersAfter()),
            row(
                "Activations of one example",
                memory.activationsBefore(),
                memory.activationsAfter())));
  }

  private static List<String> row(String what, long before, long after) {
    return List.of(what, bytes(before), bytes(after), changeOfCounts(before, after));
  }

  private String repairs() {
    Drawing before = study.drawings().get(0);
    return table(
        "Operators that became others",
        List.of("Name", "Kind", "Repair"),
        report.repairs().stream()
            .map(
                r ->
                    List.of(
                        link(before, r.operator()),
                        Xml.escape(r.kind()),
                        Xml.escape(Repairs.meaning(r.repair()))))
            .toList());
  }

  private String removed() {
    Drawing before = study.drawings().get(0);
    String all =
        report.removed().stream()
            .map(name -> "<li>%s</li>".formatted(link(before, name)))
            .collect(Collectors.joining("\n"));
    String reduced =
        report.reduced().isEmpty()
            ? ""
            : "<p>Became additions: %s.</p>\n"
                .formatted(
                    report.reduced().stream()
                        .map(name -> link(before, name))
                        .collect(Collectors.joining(", ")));
    return "<details><summary>%d batch normalizations</summary>\n<ul class=\"names\">%s</ul></details>\n%s"
        .formatted(report.removed().size(), all, reduced);
  }
}
