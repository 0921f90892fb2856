package io.github.dl4jbnfold.examples.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.chart.AlphaChart;
import io.github.dl4jbnfold.examples.chart.FrontierChart;
import io.github.dl4jbnfold.examples.chart.Series;
import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.examples.model.ShapeModel;
import io.github.dl4jbnfold.examples.view.GraphView;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport.MergedLayers;
import io.github.dl4jbnfold.linearize.train.Scores;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

class FoldPageTest {
  private static Document parse(FoldStudy study) {
    return Jsoup.parse(FoldPage.of(study));
  }

  private static void checkWhole(Document page) {
    List<String> ids = page.select("[id]").eachAttr("id");
    assertThat(ids).doesNotHaveDuplicates();
    for (Element link : page.select("a[href]")) {
      assertThat(link.attr("href")).startsWith("#");
      assertThat(ids).contains(link.attr("href").substring(1));
    }
    assertThat(page.select("[src], link[href]:not([href=data:,]), iframe, object")).isEmpty();
    assertThat(page.select("h1")).hasSize(1);
    for (Element label : page.select("[aria-labelledby]")) {
      assertThat(ids).contains(label.attr("aria-labelledby"));
    }
    assertThat(page.select("main svg:not([aria-label]):not([aria-hidden])")).isEmpty();
    assertThat(page.select("meta[name=viewport]")).hasSize(1);
  }

  @Test
  void it_says_what_went_what_stayed_and_why() {
    Document page = parse(Pages.shapes(true));
    checkWhole(page);
    assertThat(page.select(".lead").text()).contains("7 of 9 batch normalizations folded away");
    assertThat(page.select("#kept tbody tr")).hasSize(2);
    assertThat(page.select("#kept tbody tr").get(0).text())
        .contains("norm_image", "SHIFT_CONFLICT", "would fold if");
    assertThat(page.select("#a .is-kept[tabindex=0]")).hasSize(2);
    assertThat(page.select("#a .is-kept").attr("data-tip")).contains("SHIFT_CONFLICT", "Remedy:");
    assertThat(page.select("#a .node.is-removed")).hasSize(7);
    assertThat(page.select("#b .node.is-removed")).isEmpty();
    assertThat(page.select("#b .node.is-changed")).isNotEmpty();
    assertThat(page.select("#check .bar")).isNotEmpty();
    assertThat(page.select("#time tbody").text()).contains("conv2d", "batchnorm");
    assertThat(page.select("#a .node").attr("data-tip")).contains("writes [1, 1, 16, 16]");
    assertThat(page.select("#memory tbody tr")).hasSize(2);
  }

  @Test
  void without_times_there_is_no_time_on_it() {
    Document page = parse(Pages.shapes(false));
    assertThat(page.select("#time")).isEmpty();
    assertThat(page.text()).doesNotContain(" ms");
  }

  @Test
  void a_kept_batch_normalization_in_the_table_leads_to_the_drawing() {
    Document page = parse(Pages.deep());
    checkWhole(page);
    String target = page.select("#kept a").attr("href").substring(1);
    assertThat(page.getElementById(target)).isNotNull();
    assertThat(page.getElementById(target).attr("data-tip")).startsWith("stays");
  }

  @Test
  void five_hundred_layers_are_closed_regions_that_can_be_opened() throws IOException {
    Document page = parse(Pages.deep());
    assertThat(page.select("#a .node")).hasSizeGreaterThan(500);
    assertThat(page.select("#a .region")).isNotEmpty().noneMatch(r -> r.hasClass("open"));
    assertThat(page.select("#a .closed")).allMatch(c -> c.attr("aria-expanded").equals("false"));
    JsonNode model = new ObjectMapper().readTree(page.select("#drawings").first().data());
    assertThat(model.get("a").get("layers").size()).isLessThan(40);
  }

  @Test
  void names_are_text_and_nothing_else() {
    Document page = parse(Pages.nasty());
    checkWhole(page);
    assertThat(page.select("b, [onclick]")).isEmpty();
    assertThat(page.select("script")).hasSize(2);
    assertThat(page.select("h1").text()).contains("<b onclick=\"x\">'&amp;");
    assertThat(page.select("#a .is-kept").attr("data-tip")).contains(Pages.NASTY);
  }

  @Test
  void a_network_of_layer_folding_is_drawn_before_and_after_with_nothing_marked() {
    GraphView view = new GraphView(ShapeModel.load(), List.of(), Map.of());
    Document page =
        Jsoup.parse(
            new LinearizePage(
                    "x", null, LinearizePage.drawings(view, view), null, null, null, "loss")
                .html());
    checkWhole(page);
    assertThat(page.select("#a .node"))
        .hasSize(page.select("#b .node").size())
        .hasSizeGreaterThan(20);
    assertThat(page.select(".node")).allMatch(n -> n.hasClass("is-same") || n.hasClass("is-input"));
  }

  @Test
  void a_page_of_layer_folding_has_a_section_for_what_there_is() {
    LayerFoldingReport report =
        new LayerFoldingReport(
            List.of("r1", "r2"),
            List.of("r1"),
            List.of(new MergedLayers(List.of("c1", Pages.NASTY), "c1", "5×5, 3 → 8", 100, 150)),
            List.of(),
            null,
            9,
            8,
            1000,
            1100,
            1e-7,
            2);
    Series series = new Series("r1", List.of(new Point(0, 0.1), new Point(50, 0.9)));
    Document page =
        Jsoup.parse(
            new LinearizePage(
                    "model.zip",
                    report,
                    Pages.deep().drawings(),
                    new FrontierChart("Choices", "cost", "loss", List.of(series)),
                    new AlphaChart(List.of(series)),
                    new Scores(0.81, 0.8, 0.7, 0.79, null),
                    "accuracy")
                .html());
    checkWhole(page);
    assertThat(page.select("section").eachAttr("id"))
        .containsExactly("counts", "network", "scores", "frontier", "gates", "merged");
    assertThat(page.select("#scores").text()).contains("0.8100", "accuracy");
    Document empty =
        Jsoup.parse(
            new LinearizePage("model.zip", null, List.of(), null, null, null, "loss").html());
    checkWhole(empty);
    assertThat(empty.select("section")).isEmpty();
  }
}
