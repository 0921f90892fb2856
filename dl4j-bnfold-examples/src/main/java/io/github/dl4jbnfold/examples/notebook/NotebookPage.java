package io.github.dl4jbnfold.examples.notebook;

import java.util.List;
import java.util.function.UnaryOperator;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** A notebook as one page of HTML that refers to no other file. */
public final class NotebookPage {
  private static final String STYLE =
      """
      body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
        max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
      h1, h2, h3 { line-height: 1.25; }
      code, pre { font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; }
      pre { padding: .6rem .8rem; overflow-x: auto; margin: .5rem 0; }
      pre.source { background: #f5f7fa; border: 1px solid #d9dee5; border-radius: 4px; }
      pre.stderr { background: #fdecea; }
      pre.stdout, pre.result { border-left: 3px solid #d9dee5; }
      img { max-width: 100%; }
      table { border-collapse: collapse; margin: .5rem 0; }
      th, td { border: 1px solid #d9dee5; padding: .2rem .6rem; }
      th { background: #f5f7fa; }
      """;

  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser MARKDOWN = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder().extensions(EXTENSIONS).escapeHtml(true).sanitizeUrls(true).build();

  private NotebookPage() {}

  /** The page. */
  public static String of(Notebook notebook) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    page.append("<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    page.append(Show.escaped(notebook.title())).append("</title>\n<style>\n").append(STYLE);
    page.append("</style>\n</head>\n<body>\n");
    page.append(body(notebook, text -> RENDERER.render(MARKDOWN.parse(text))));
    return page.append("</body>\n</html>\n").toString();
  }

  /**
   * Its cells, as they would stand in the body of another page.
   *
   * @param markdown makes HTML of the text of a cell; asked in the order of the cells
   * @return HTML, in which code and outputs are {@code pre} elements of the classes {@code source},
   *     {@code stdout}, {@code stderr} and {@code result}
   */
  public static String body(Notebook notebook, UnaryOperator<String> markdown) {
    StringBuilder body = new StringBuilder();
    notebook.cells().forEach(cell -> add(body, cell, markdown));
    return body.toString();
  }

  private static void add(StringBuilder page, Cell cell, UnaryOperator<String> markdown) {
    switch (cell.kind()) {
      case MARKDOWN -> page.append(markdown.apply(cell.source()));
      case RAW -> preformatted(page, "raw", cell.source());
      case CODE -> {
        preformatted(page, "source", cell.source());
        cell.outputs().forEach(output -> add(page, output));
      }
    }
  }

  private static void add(StringBuilder page, Output output) {
    if (output instanceof Output.Stream stream) {
      preformatted(page, stream.name().equals("stderr") ? "stderr" : "stdout", stream.text());
    } else if (output instanceof Output.Display display) {
      add(page, display.type(), display.content());
    } else if (output instanceof Output.Result result) {
      add(page, result.type(), result.content());
    }
  }

  private static void add(StringBuilder page, String type, String content) {
    switch (type) {
      case Output.PNG ->
          page.append("<p><img alt=\"figure\" src=\"data:image/png;base64,")
              .append(Show.escaped(content.strip()))
              .append("\"></p>\n");
      case Output.HTML -> page.append(content).append('\n');
      default -> preformatted(page, "result", content);
    }
  }

  private static void preformatted(StringBuilder page, String kind, String text) {
    page.append("<pre class=\"").append(kind).append("\">");
    page.append(Show.escaped(text.stripTrailing())).append("</pre>\n");
  }
}
