package io.github.dl4jbnfold.examples.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.notebook.Notebooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site of this repository's own pages. */
class SiteTest {
  @TempDir Path folder;

  @Test
  void every_link_anchor_and_image_resolves_and_nothing_is_loaded_from_outside()
      throws IOException {
    int pages = Site.write(Repository.root(), folder);
    assertThat(SiteCheck.problems(folder)).isEmpty();
    assertThat(pages).isGreaterThan(Notebooks.names().size());
  }

  @Test
  void readme_changelog_docs_and_notebooks_are_pages() throws IOException {
    Site.write(Repository.root(), folder);
    assertThat(page("index.html").title()).isEqualTo("dl4j-bnfold");
    assertThat(page("changelog.html").title()).isEqualTo("Changelog – dl4j-bnfold");
    assertThat(page("docs/theory.html").select("nav.side [aria-current]").eachText())
        .containsExactly("Theory");
    for (String notebook : Notebooks.names()) {
      assertThat(page("dl4j-bnfold-examples/notebooks/" + notebook + ".html").select("pre.source"))
          .isNotEmpty();
    }
  }

  @Test
  void links_to_what_is_no_page_lead_to_copies() throws IOException {
    Site.write(Repository.root(), folder);
    assertThat(folder.resolve("LICENSE"))
        .hasSameBinaryContentAs(Repository.root().resolve("LICENSE"));
    assertThat(folder.resolve("docs/pictures/fold.svg")).exists();
  }

  @Test
  void a_second_run_writes_the_same() throws IOException {
    Site.write(Repository.root(), folder);
    String before = Files.readString(folder.resolve("docs/theory.html"));
    Site.write(Repository.root(), folder);
    assertThat(folder.resolve("docs/theory.html")).hasContent(before);
  }

  @Test
  void anchors_are_those_of_GitHub() {
    assertThat(Markdown.anchor("3. Per-channel clamp")).isEqualTo("3-per-channel-clamp");
    assertThat(Markdown.anchor("How to …")).isEqualTo("how-to-");
    assertThat(Markdown.anchor("`-Xmx`, and maxbytes?")).isEqualTo("-xmx-and-maxbytes");
    assertThat(Markdown.anchor("σ² is negative")).isEqualTo("σ²-is-negative");
  }

  @Test
  void headings_of_one_name_get_anchors_of_their_own() {
    Markdown markdown = new Markdown(link -> link);
    String html = markdown.render("## Fold") + markdown.render("## Fold");
    assertThat(Jsoup.parse(html).select("h2").eachAttr("id")).containsExactly("fold", "fold-1");
  }

  @Test
  void a_tag_in_the_text_stays_text() {
    String html = new Markdown(link -> link).render("a <script>b</script> c");
    assertThat(Jsoup.parse(html).select("script")).isEmpty();
    assertThat(Jsoup.parse(html).text()).isEqualTo("a <script>b</script> c");
  }

  @Test
  void the_check_finds_a_link_that_leads_nowhere() throws IOException {
    write("index.html", "<a href='gone.html'>x</a>");
    assertThat(SiteCheck.problems(folder))
        .containsExactly("index.html leads to gone.html, which is not there");
  }

  @Test
  void the_check_finds_a_link_out_of_the_site() throws IOException {
    Path site = Files.createDirectory(folder.resolve("site"));
    write("beside.html", "");
    write("site/index.html", "<a href='../beside.html'>x</a>");
    assertThat(SiteCheck.problems(site)).hasSize(1);
  }

  @Test
  void the_check_finds_an_anchor_that_is_missing() throws IOException {
    write("index.html", "<a href='other.html#two'>x</a> <a href='#three'>y</a>");
    write("other.html", "<h1 id='one'>One</h1>");
    assertThat(SiteCheck.problems(folder))
        .containsExactly(
            "index.html leads to other.html#two, and there is no such heading",
            "index.html leads to #three, and there is no such heading");
  }

  @Test
  void the_check_finds_what_is_loaded_from_outside() throws IOException {
    write(
        "index.html",
        """
        <img src='https://example.org/a.png'><link rel='stylesheet' href='//example.org/a.css'>
        <p style='background: url(https://example.org/b.png)'>x</p>
        """);
    write("site.css", "@import 'https://example.org/c.css';");
    assertThat(SiteCheck.problems(folder)).hasSize(4);
  }

  @Test
  void the_check_finds_a_missing_image_and_a_script() throws IOException {
    write("index.html", "<img src='gone.png'><script>1</script>");
    assertThat(SiteCheck.problems(folder)).hasSize(2);
  }

  @Test
  void the_check_finds_an_orphan() throws IOException {
    write("index.html", "<a href='other.html'>x</a> <a href='https://example.org'>y</a>");
    write("other.html", "<a href='index.html'>x</a>");
    write("orphan.html", "<a href='index.html'>x</a>");
    assertThat(SiteCheck.problems(folder)).containsExactly("nothing leads to orphan.html");
  }

  private Document page(String name) throws IOException {
    return Jsoup.parse(Files.readString(folder.resolve(name)));
  }

  private void write(String name, String body) throws IOException {
    Files.writeString(folder.resolve(name), "<html><body>" + body + "</body></html>");
  }
}
