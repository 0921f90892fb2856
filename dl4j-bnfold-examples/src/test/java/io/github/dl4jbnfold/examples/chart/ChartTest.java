package io.github.dl4jbnfold.examples.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.train.EpochResult;
import io.github.dl4jbnfold.linearize.train.Phase;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ChartTest {
  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static FrontierChart frontiers() {
    return new FrontierChart(
        "ResNet <20>",
        "milliseconds",
        "accuracy",
        List.of(
            new Series("layers & folding", List.of(new Point(3.1, 0.7), new Point(6.2, 0.81))),
            new Series("widths", List.of(new Point(2, 0.6), new Point(5, Double.NaN)))));
  }

  @Test
  void a_frontier_is_a_line_with_its_points_and_its_label() throws Exception {
    Document svg = parse(frontiers().svgFile());
    assertThat(svg.getElementsByTagName("svg").getLength()).isEqualTo(1);
    // Two points, one point and one that is no number, two samples in the legend.
    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(5);
    assertThat(svg.getDocumentElement().getTextContent())
        .contains("layers & folding", "widths", "milliseconds", "accuracy", "ResNet <20>");
  }

  @Test
  void a_frontier_of_layer_folding_shows_what_is_left_and_what_is_lost() {
    Frontier frontier =
        new Frontier(
            200,
            List.of(
                new Choice(50, 0.4, Set.of("a", "b"), List.of()),
                new Choice(200, 0, Set.of(), List.of())));
    assertThat(FrontierChart.series("x", frontier).points())
        .containsExactly(new Point(0.25, 0.4), new Point(1, 0));
    assertThat(FrontierChart.of(frontier, "Choices").svg()).contains("Choices");
  }

  @Test
  void a_chart_is_an_image_too() throws Exception {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(frontiers().png()));
    assertThat(image.getWidth()).isEqualTo(1280);
    assertThat(image.getRGB(0, 0)).isEqualTo(0xFFFFFFFF);
    boolean[] blue = new boolean[1];
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        blue[0] |= image.getRGB(x, y) == ChartStyle.light(0).getRGB();
      }
    }
    assertThat(blue[0]).isTrue();
  }

  @Test
  void gates_are_lines_over_the_steps_with_gates_only() throws Exception {
    List<EpochResult> history =
        List.of(
            new EpochResult(
                Phase.PRE_FOLDING, 0, 100, 1, null, new TreeMap<>(Map.of("g1", 0.2, "g2", 0.5))),
            new EpochResult(
                Phase.PRE_FOLDING, 1, 200, 1, null, new TreeMap<>(Map.of("g1", 0.9, "g2", 0.1))),
            new EpochResult(Phase.POST_FOLDING, 0, 100, 1, null, new TreeMap<>(Map.of("g1", 0.0))));
    Document svg = parse(AlphaChart.of(history).svgFile());
    // Two gates, and their samples in the legend.
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(4);
    assertThat(svg.getDocumentElement().getTextContent()).contains("g1", "g2", "α of 2 gates");
  }

  @Test
  void many_gates_have_no_legend() throws Exception {
    List<Series> gates =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(
                i -> new Series("gate" + i, List.of(new Point(0, 0.1), new Point(9, i / 50.0))))
            .toList();
    Document svg = parse(new AlphaChart(gates).svgFile());
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(50);
    assertThat(svg.getDocumentElement().getTextContent()).contains("50 lines");
  }

  @Test
  void charts_without_points_are_charts() throws Exception {
    parse(new AlphaChart(List.of()).svgFile());
    parse(new FrontierChart("none", "x", "y", List.of()).svgFile());
    parse(Bars.svg("none", "x", List.of()));
  }

  @Test
  void ticks_are_round_numbers() {
    for (double[] ends : new double[][] {{0.13, 9.7}, {-3, 3}, {1e-5, 2e-5}, {7, 7}, {0, 123456}}) {
      Scale scale = Scale.of(ends[0], ends[1]);
      assertThat(scale.low()).isLessThanOrEqualTo(ends[0]);
      assertThat(scale.high()).isGreaterThanOrEqualTo(ends[1] - 1e-12);
      assertThat(scale.ticks()).hasSizeBetween(2, 9);
      assertThat(scale.at(scale.high())).isCloseTo(1, within(1e-12));
    }
    assertThat(Scale.of(0, 1).label(0.2)).isEqualTo("0.2");
    assertThat(Scale.of(0, 100).label(20)).isEqualTo("20");
  }
}
