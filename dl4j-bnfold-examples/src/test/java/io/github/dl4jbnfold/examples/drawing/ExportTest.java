package io.github.dl4jbnfold.examples.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Drawings in all formats. */
class ExportTest {
  private static final String NASTY =
      "a<b> \"c\" & 'd'\n\\e;#f`g` 层\u0007 --> ]]> </title><script>";

  private static Sketch nasty() {
    Sketch sketch = new Sketch();
    int x = sketch.node(NASTY, "input", Status.INPUT);
    int y = sketch.node(NASTY + 1, "conv<", Status.SAME, x);
    sketch.node(NASTY + 2, "norm\"", Status.KEPT, y);
    return sketch;
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static List<String> texts(Document document, String tag, String style) {
    List<String> texts = new ArrayList<>();
    NodeList found = document.getElementsByTagName(tag);
    for (int i = 0; i < found.getLength(); i++) {
      Element element = (Element) found.item(i);
      if (style.isEmpty() || element.getAttribute("class").contains(style)) {
        texts.add(element.getTextContent());
      }
    }
    return texts;
  }

  @Test
  void svg_holds_every_node_and_every_edge_when_all_is_open() throws Exception {
    Drawing drawing = Sketch.residual(72, 30).drawing();
    Document svg = parse(Svg.file(List.of(drawing), Svg.Detail.ALL));
    List<String> descriptions = texts(svg, "title", "");
    drawing.nodes().forEach(node -> assertThat(descriptions).contains(node.description()));
    assertThat(texts(svg, "path", "").size()).isGreaterThanOrEqualTo(drawing.edges().size());
  }

  @Test
  void svg_of_five_hundred_layers_shows_some_boxes_and_what_is_kept() throws Exception {
    Drawing drawing = Sketch.residual(72, 30).drawing();
    String file = Svg.file(List.of(drawing), Svg.Detail.FITTING);
    Document svg = parse(file);
    assertThat(texts(svg, "text", "kind")).hasSizeLessThan(40);
    assertThat(texts(svg, "text", "name")).contains("stays");
    assertThat(texts(svg, "title", "")).anyMatch(title -> title.contains("Reason: it must."));
    assertThat(texts(svg, "text", "legend"))
        .contains(Status.KEPT.meaning(), Status.REMOVED.meaning());
    assertThat(file).hasSizeLessThan(60_000);
  }

  @Test
  void svg_takes_any_name() throws Exception {
    Document svg = parse(Svg.file(List.of(nasty().drawing()), Svg.Detail.ALL));
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(texts(svg, "title", ""))
        .anyMatch(t -> t.startsWith(NASTY.replace('\u0007', '\uFFFD')));
  }

  @Test
  void svg_follows_light_and_dark() {
    assertThat(Svg.file(List.of(nasty().drawing()), Svg.Detail.ALL))
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void a_loop_is_drawn_as_a_dashed_line() throws Exception {
    Sketch sketch = Sketch.residual(1, -1);
    Document svg = parse(Svg.file(List.of(sketch.back(7, 1).drawing()), Svg.Detail.ALL));
    assertThat(texts(svg, "path", "back")).hasSize(1);
  }

  @Test
  void dot_holds_every_node_and_edge_and_a_cluster_for_each_region() {
    Drawing drawing = Sketch.residual(4, 2).drawing();
    String dot = Dot.file(List.of(drawing));
    drawing.nodes().forEach(node -> assertThat(dot).contains("a_n%d [label=".formatted(node.id())));
    for (Edge edge : drawing.edges()) {
      assertThat(dot).contains("a_n%d -> a_n%d;".formatted(edge.from(), edge.to()));
    }
    assertThat(dot.split("subgraph cluster_a_r", -1)).hasSize(drawing.regions().size() + 1);
    assertThat(dot.chars().filter(c -> c == '{').count())
        .isEqualTo(dot.chars().filter(c -> c == '}').count());
  }

  @Test
  void dot_takes_any_name() {
    String dot = Dot.file(List.of(nasty().drawing()));
    assertThat(dot).contains("a<b> \\\"c\\\" & 'd'\\n\\\\e;#f`g` 层");
    assertThat(dot.lines().filter(line -> line.contains("label=")))
        .allSatisfy(
            line ->
                assertThat(
                        line.replace("\\\\", "")
                                .replace("\\\"", "")
                                .chars()
                                .filter(c -> c == '"')
                                .count()
                            % 2)
                    .isZero());
  }

  @Test
  void mermaid_holds_every_node_and_edge_and_a_subgraph_for_each_region() {
    Drawing drawing = Sketch.residual(4, 2).drawing();
    String mermaid = Mermaid.file(List.of(drawing));
    drawing.nodes().forEach(node -> assertThat(mermaid).contains("a_n%d[\"".formatted(node.id())));
    for (Edge edge : drawing.edges()) {
      assertThat(mermaid).contains("a_n%d --> a_n%d".formatted(edge.from(), edge.to()));
    }
    assertThat(mermaid.lines().filter(line -> line.strip().startsWith("subgraph")).count())
        .isEqualTo(mermaid.lines().filter(line -> line.strip().equals("end")).count())
        .isEqualTo(drawing.regions().size() + 1);
    assertThat(mermaid).contains(":::kept", "Reason: it must.");
  }

  @Test
  void mermaid_takes_any_name() {
    String mermaid = Mermaid.file(List.of(nasty().drawing()));
    assertThat(mermaid).doesNotContain("<b>", "`", "<script>").contains("a#60;b#62; #34;c#34;");
    assertThat(mermaid.lines().filter(line -> line.contains("[\"")))
        .allMatch(line -> line.chars().filter(c -> c == '"').count() == 2);
  }
}
