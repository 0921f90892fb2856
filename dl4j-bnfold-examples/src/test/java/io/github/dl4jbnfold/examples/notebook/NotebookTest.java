package io.github.dl4jbnfold.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Files of notebooks, and pages that are made of them. */
class NotebookTest {
  private static Notebook read(String content) {
    return Notebook.read("some.ipynb", content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void what_is_no_notebook_is_told_to_be_none() {
    assertThatThrownBy(() -> read("PK.."))
        .hasMessageStartingWith("some.ipynb: this is no notebook");
    assertThatThrownBy(() -> read("[1]")).hasMessageContaining("it has no list of cells");
    assertThatThrownBy(() -> read("{\"cells\": 3}")).hasMessageContaining("no list of cells");
    assertThatThrownBy(() -> new Ipynb().format(3).notebook())
        .hasMessageStartingWith("some.ipynb: its format is version 3");
    assertThatThrownBy(() -> read("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"heading\"}]}"))
        .hasMessage("some.ipynb: cell 1 has the unknown type 'heading'.");
  }

  @Test
  void the_title_is_its_first_heading_and_the_summary_the_first_sentence_below() {
    Notebook notebook =
        new Ipynb()
            .code("1")
            .markdown("# Fold a *graph*", "", "It is `v1.2`, and", "goes on. Then more.")
            .notebook();
    assertThat(notebook.title()).isEqualTo("Fold a *graph*");
    assertThat(notebook.summary()).isEqualTo("It is v1.2, and goes on.");
    assertThat(new Ipynb().notebook().title()).isEqualTo("some.ipynb");
    assertThat(new Ipynb().notebook().summary()).isEmpty();
  }

  @Test
  void text_alone_needs_no_shell_and_becomes_a_page() {
    String page =
        NotebookPage.of(
            new Ipynb()
                .markdown("# Title & more", "", "| a | b |", "|---|---|", "| 1 | 2 |")
                .markdown("<script>alert(1)</script>")
                .run());
    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("<title>Title &amp; more</title>", "<h1>Title &amp; more</h1>", "<td>2</td>")
        .doesNotContain("<script>");
  }

  @Test
  void a_page_shows_code_and_outputs_and_refers_to_no_other_file() {
    String page =
        NotebookPage.of(
            new Ipynb()
                .code(
                    "import io.github.dl4jbnfold.examples.notebook.Show;",
                    "import java.awt.image.BufferedImage;",
                    "System.out.println(\"1 < 2\");",
                    "System.err.println(\"careful\");",
                    "Show.table(List.of(\"head\"), List.of());",
                    "Show.image(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB));",
                    "List.of(1, 2)")
                .run());
    assertThat(page)
        .contains("<pre class=\"source\">import ", "List.of(1, 2)</pre>")
        .contains("<pre class=\"stdout\">1 &lt; 2</pre>")
        .contains("<pre class=\"stderr\">careful</pre>")
        .contains(">head</th>")
        .contains("src=\"data:image/png;base64,")
        .contains("<pre class=\"result\">[1, 2]</pre>")
        .doesNotContain("<link", "src=\"http");
  }
}
