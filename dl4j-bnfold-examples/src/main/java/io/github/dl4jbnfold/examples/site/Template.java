package io.github.dl4jbnfold.examples.site;

import io.github.dl4jbnfold.examples.drawing.Xml;
import java.util.List;

/** What is the same on all pages: head, navigation, foot. */
final class Template {
  static final String STYLE = "site.css";

  private static final String SITE = "dl4j-bnfold";
  private static final int WORTH_A_LIST = 3;

  private final Contents contents;

  Template(Contents contents) {
    this.contents = contents;
  }

  /**
   * A page.
   *
   * @param target its file in the site
   * @param title plain text
   * @param sections of the body
   * @param body HTML
   */
  String page(String target, String title, List<Markdown.Section> sections, String body) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="%s">
    <title>%s</title>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <details class="menu"><summary>%s</summary>
    %s</details>
    <nav class="side" aria-label="Pages">
    <p class="site"><a href="%s">%s</a></p>
    <p><a href="%s">All pages</a></p>
    %s</nav>
    <main id="main">
    %s%s%s</main>
    </body>
    </html>
    """
        .formatted(
            Links.relative(target, STYLE),
            Xml.escape(title.equals(SITE) ? SITE : title + " – " + SITE),
            "Pages",
            navigation(target),
            Links.relative(target, "index.html"),
            SITE,
            Links.relative(target, contents.target()),
            navigation(target),
            sections(sections),
            body,
            neighbours(target));
  }

  private String navigation(String target) {
    StringBuilder html = new StringBuilder();
    for (Contents.Group group : contents.groups()) {
      html.append("<p>%s</p>\n<ul>\n".formatted(Xml.escape(group.heading())));
      for (Contents.Entry entry : group.entries()) {
        html.append(
            "<li><a href=\"%s\"%s>%s</a></li>\n"
                .formatted(
                    Links.relative(target, entry.target()),
                    entry.target().equals(target) ? " aria-current=\"page\"" : "",
                    Xml.escape(entry.name())));
      }
      html.append("</ul>\n");
    }
    return html.toString();
  }

  private static String sections(List<Markdown.Section> sections) {
    if (sections.size() < WORTH_A_LIST) {
      return "";
    }
    StringBuilder html = new StringBuilder("<details class=\"sections\"><summary>On this page");
    html.append("</summary>\n<ul>\n");
    for (Markdown.Section section : sections) {
      html.append(
          "<li><a href=\"#%s\">%s</a></li>\n"
              .formatted(Xml.escape(section.anchor()), Xml.escape(section.heading())));
    }
    return html.append("</ul>\n</details>\n").toString();
  }

  /** Links to the pages before and after this one. */
  private String neighbours(String target) {
    List<Contents.Entry> all = contents.entries();
    StringBuilder html = new StringBuilder();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).target().equals(target)) {
        html.append("<nav class=\"neighbours\" aria-label=\"Neighbours\">\n");
        if (i > 0) {
          html.append(neighbour("prev", "← ", all.get(i - 1), target, ""));
        }
        if (i + 1 < all.size()) {
          html.append(neighbour("next", "", all.get(i + 1), target, " →"));
        }
        html.append("</nav>\n");
      }
    }
    return html.toString();
  }

  private static String neighbour(
      String kind, String before, Contents.Entry entry, String from, String after) {
    return "<a rel=\"%s\" href=\"%s\">%s%s%s</a>\n"
        .formatted(
            kind, Links.relative(from, entry.target()), before, Xml.escape(entry.name()), after);
  }
}
