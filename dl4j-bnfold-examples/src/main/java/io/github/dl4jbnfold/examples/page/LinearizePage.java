package io.github.dl4jbnfold.examples.page;

import static io.github.dl4jbnfold.examples.page.Html.change;
import static io.github.dl4jbnfold.examples.page.Html.changeOfCounts;
import static io.github.dl4jbnfold.examples.page.Html.code;
import static io.github.dl4jbnfold.examples.page.Html.count;
import static io.github.dl4jbnfold.examples.page.Html.paragraph;
import static io.github.dl4jbnfold.examples.page.Html.table;

import io.github.dl4jbnfold.examples.chart.AlphaChart;
import io.github.dl4jbnfold.examples.chart.FrontierChart;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Xml;
import io.github.dl4jbnfold.examples.page.Html.Card;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.train.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The page of a layer folding. What is not given has no section.
 *
 * @param model its name
 * @param report of the conversion; null if none was made
 * @param drawings of the network before and after; may be empty
 * @param frontier what could be chosen; null if none was measured
 * @param alphas how the gates closed; null if none were trained
 * @param scores of the networks on the way; null if there are none
 * @param worth what scores are, such as "accuracy"
 */
public record LinearizePage(
    String model,
    @Nullable LayerFoldingReport report,
    List<Drawing> drawings,
    @Nullable FrontierChart frontier,
    @Nullable AlphaChart alphas,
    @Nullable Scores scores,
    String worth) {
  public LinearizePage {
    drawings = List.copyOf(drawings);
  }

  /** Drawings of the network before and after, for {@link #drawings}. */
  public static List<Drawing> drawings(NetworkView before, NetworkView after) {
    return List.of(
        FoldDrawings.plain("a", "Before", before), FoldDrawings.plain("b", "After", after));
  }

  /** One HTML file that needs no other. */
  public String html() {
    Html html = new Html(model, lead());
    if (report != null) {
      html.section("counts", "In numbers", Html.cards(cards(report)));
    }
    if (!drawings.isEmpty()) {
      html.section("network", "The network", DrawingParts.html(drawings));
    }
    if (scores != null) {
      html.section("scores", "Scores", scores(scores));
    }
    if (frontier != null) {
      html.section(
          "frontier", "What could be chosen", "<div class=\"wide\">" + frontier.svg() + "</div>\n");
    }
    if (alphas != null) {
      html.section(
          "gates", "How the gates closed", "<div class=\"wide\">" + alphas.svg() + "</div>\n");
    }
    if (report != null && !report.merged().isEmpty()) {
      html.section("merged", "What became one layer", merged(report));
    }
    if (report != null && !report.apart().isEmpty()) {
      html.section("apart", "What stays apart, and why", apart(report));
    }
    return html.page(DrawingParts.data(drawings));
  }

  private String lead() {
    return report == null
        ? "Layer folding: what it would do."
        : "Layer folding: %d of %d activations linear, %d layers deep instead of %d."
            .formatted(
                report.linear().size(),
                report.activations().size(),
                report.depthAfter(),
                report.depthBefore());
  }

  private static List<Card> cards(LayerFoldingReport report) {
    return List.of(
        new Card(
            "Depth",
            "%d → %d".formatted(report.depthBefore(), report.depthAfter()),
            change(report.depthBefore(), report.depthAfter())),
        new Card(
            "Activations linear",
            "%d of %d".formatted(report.linear().size(), report.activations().size()),
            ""),
        new Card(
            "Parameters",
            "%s → %s".formatted(count(report.parametersBefore()), count(report.parametersAfter())),
            changeOfCounts(report.parametersBefore(), report.parametersAfter())),
        new Card(
            "Largest error",
            String.format(Locale.ROOT, "%.1e", report.maxRelativeError()),
            "of the merge, relative"));
  }

  private String scores(Scores scores) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(score("as it was", scores.original()));
    Double baseline = scores.baseline();
    if (baseline != null) {
      rows.add(score("as it was, trained as long", baseline));
    }
    rows.add(score("with its gates, trained", scores.beforeMerging()));
    rows.add(score("layers merged", scores.afterMerging()));
    rows.add(score("fine-tuned: the result", scores.afterFineTuning()));
    return table("Scores", List.of("Network", " " + worth), rows);
  }

  private static List<String> score(String network, double value) {
    return List.of(network, String.format(Locale.ROOT, "%.4f", value));
  }

  private static String merged(LayerFoldingReport report) {
    return table(
        "Merged layers",
        List.of("Layers", "Became", " Multiplications before", " After"),
        report.merged().stream()
            .map(
                merge ->
                    List.of(
                        merge.layers().stream().map(Html::code).collect(Collectors.joining(", ")),
                        "%s (%s)".formatted(code(merge.into()), Xml.escape(merge.form())),
                        count(merge.multiplyAddsBefore()),
                        count(merge.multiplyAddsAfter())))
            .toList());
  }

  private static String apart(LayerFoldingReport report) {
    return paragraph("Neighbours with nothing but linear activations between them:")
        + table(
            "Layers that stay apart",
            List.of("Layers", "Reason", "Why", "What would help"),
            report.apart().stream()
                .map(
                    pair ->
                        List.of(
                            code(pair.first()) + ", " + code(pair.second()),
                            code(String.valueOf(pair.reason())),
                            Xml.escape(pair.detail()),
                            Xml.escape(pair.remedy())))
                .toList());
  }
}
