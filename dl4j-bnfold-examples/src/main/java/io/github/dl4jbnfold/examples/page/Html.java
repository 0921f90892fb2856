package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.chart.ChartStyle;
import io.github.dl4jbnfold.examples.drawing.Svg;
import io.github.dl4jbnfold.examples.drawing.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A page in the making: its head, its sections, and what they are made of. */
final class Html {
  private final String title;
  private final String lead;
  private final List<String> links = new ArrayList<>();
  private final StringBuilder sections = new StringBuilder();

  /**
   * @param title plain text
   * @param lead one sentence below it, plain text
   */
  Html(String title, String lead) {
    this.title = title;
    this.lead = lead;
  }

  /**
   * Adds a section, and a link to it.
   *
   * @param id of letters
   * @param heading plain text
   * @param body HTML
   */
  Html section(String id, String heading, String body) {
    links.add("<a href=\"#%s\">%s</a>".formatted(id, Xml.escape(heading)));
    sections.append(
        """
        <section id="%s" aria-labelledby="%s-heading">
        <h2 id="%s-heading">%s</h2>
        %s</section>
        """
            .formatted(id, id, id, Xml.escape(heading), body));
    return this;
  }

  /** A number that counts, with what it counts. */
  record Card(String label, String value, String note) {}

  static String cards(List<Card> cards) {
    StringBuilder html = new StringBuilder("<dl class=\"cards\">\n");
    for (Card card : cards) {
      html.append(
          "<div><dt>%s</dt><dd><strong>%s</strong> <span>%s</span></dd></div>\n"
              .formatted(
                  Xml.escape(card.label()), Xml.escape(card.value()), Xml.escape(card.note())));
    }
    return html.append("</dl>\n").toString();
  }

  static String paragraph(String text) {
    return "<p>%s</p>\n".formatted(Xml.escape(text));
  }

  /**
   * A table that scrolls by itself where it is too wide.
   *
   * @param heads plain text; those that begin with a blank head columns of numbers; without any,
   *     rows become blocks on a narrow screen
   * @param rows cells of HTML
   */
  static String table(String label, List<String> heads, List<List<String>> rows) {
    StringBuilder html = new StringBuilder();
    html.append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    boolean words = heads.stream().noneMatch(head -> head.isBlank() || head.startsWith(" "));
    html.append(Xml.escape(label)).append("\"><table");
    html.append(words ? " class=\"words\"" : "").append(">\n<thead><tr>");
    for (String head : heads) {
      html.append("<th scope=\"col\"%s>%s</th>".formatted(number(head), Xml.escape(head.strip())));
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        String tag = i == 0 ? "th" : "td";
        html.append(
            "<%s%s%s data-head=\"%s\">%s</%s>"
                .formatted(
                    tag,
                    i == 0 ? " scope=\"row\"" : "",
                    number(heads.get(i)),
                    Xml.escape(heads.get(i).strip()),
                    row.get(i),
                    tag));
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private static String number(String head) {
    return head.startsWith(" ") ? " class=\"number\"" : "";
  }

  static String code(String name) {
    return "<code>%s</code>".formatted(Xml.escape(name));
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Bytes, kB or MB. */
  static String bytes(long bytes) {
    return bytes < 10_000
        ? count(bytes) + " B"
        : bytes < 10_000_000
            ? String.format(Locale.ROOT, "%,.1f kB", bytes / 1e3)
            : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  /** Three digits of milliseconds. */
  static String milliseconds(double time) {
    int digits = time >= 100 ? 0 : time >= 10 ? 1 : time >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f ms", time);
  }

  /** "+3 %", "−17 %", "±0 %"; nothing where there was nothing. */
  static String change(double before, double after) {
    if (before == 0) {
      return "";
    }
    long percent = Math.round(100 * (after - before) / before);
    return (percent > 0 ? "+" + percent : percent < 0 ? "−" + -percent : "±0") + " %";
  }

  static String changeOfCounts(long before, long after) {
    return change((double) before, (double) after);
  }

  static String resource(String name) {
    try (InputStream stream = Html.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The page.
   *
   * @param data JSON for the script: drawings by their keys
   */
  String page(String data) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <title>%s</title>
    <style>
    %s%s%s</style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header>
    <h1>%s</h1>
    <p class="lead">%s</p>
    <nav aria-label="Sections">%s</nav>
    </header>
    <main id="main">
    %s</main>
    <footer><p>Written by bnfold. This page is one file and loads nothing.</p></footer>
    <div id="tip" role="tooltip" hidden></div>
    <script type="application/json" id="drawings">%s</script>
    <script>
    %s</script>
    </body>
    </html>
    """
        .formatted(
            Xml.escape(title),
            resource("page.css"),
            Svg.style(),
            ChartStyle.css(),
            Xml.escape(title),
            Xml.escape(lead),
            String.join("\n", links),
            sections,
            data,
            resource("page.js"));
  }
}
