package io.github.dl4jbnfold.examples.site;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The Markdown of one page, as HTML whose headings have the anchors that GitHub gives them. */
final class Markdown {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final int FIRST = 1;
  private static final int SECTION = 2;

  private final UnaryOperator<String> links;
  private final Set<String> anchors = new HashSet<>();
  private final List<Section> sections = new ArrayList<>();
  private final HtmlRenderer renderer;
  private String title = "";

  /** A heading of the second level. */
  record Section(String anchor, String heading) {}

  /**
   * @param links what becomes of a destination
   */
  Markdown(UnaryOperator<String> links) {
    this.links = links;
    renderer =
        HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .escapeHtml(true)
            .sanitizeUrls(true)
            .attributeProviderFactory(context -> this::addAttributes)
            .build();
  }

  /** Renders a part of the page; the parts come in their order. */
  String render(String text) {
    Node document = PARSER.parse(text);
    document.accept(new Rewriting());
    return scrolling(renderer.render(document));
  }

  /** Tables that scroll by themselves where they are too wide. */
  static String scrolling(String html) {
    return html.replace(
            "<table>",
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>")
        .replace("</table>", "</table></div>");
  }

  /** The first heading of the first level; empty if there was none. */
  String title() {
    return title;
  }

  List<Section> sections() {
    return List.copyOf(sections);
  }

  private void addAttributes(Node node, String tag, Map<String, String> attributes) {
    if (node instanceof Heading heading) {
      String text = text(heading);
      String anchor = unused(anchor(text));
      attributes.put("id", anchor);
      if (heading.getLevel() == SECTION) {
        sections.add(new Section(anchor, text));
      } else if (heading.getLevel() == FIRST && title.isEmpty()) {
        title = text;
      }
    }
  }

  /** As GitHub does it: letters, digits, hyphens and underscores; blanks become hyphens. */
  static String anchor(String heading) {
    return heading
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "")
        .replace(' ', '-');
  }

  private String unused(String anchor) {
    String free = anchor;
    for (int count = 1; !anchors.add(free); count++) {
      free = anchor + "-" + count;
    }
    return free;
  }

  /** What a heading or a link says, without its marks. */
  static String text(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(Code part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(SoftLineBreak part) {
            text.append(' ');
          }
        });
    return text.toString();
  }

  private final class Rewriting extends AbstractVisitor {
    @Override
    public void visit(Link link) {
      link.setDestination(links.apply(link.getDestination()));
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      image.setDestination(links.apply(image.getDestination()));
      visitChildren(image);
    }
  }
}
