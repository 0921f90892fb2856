package io.github.dl4jbnfold.examples.site;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;

/**
 * The table of contents, which is a page itself: under each heading of the second level a list,
 * whose items begin with a link.
 *
 * @param target its file in the site
 * @param groups in their order
 */
record Contents(String target, List<Group> groups) {
  private static final int SECTION = 2;

  Contents {
    groups = List.copyOf(groups);
  }

  /**
   * The items under one heading.
   *
   * @param heading plain text
   */
  record Group(String heading, List<Entry> entries) {
    Group {
      entries = List.copyOf(entries);
    }
  }

  /**
   * A page.
   *
   * @param name plain text
   * @param target its file in the site
   */
  record Entry(String name, String target) {}

  /** All pages, one after the other. */
  List<Entry> entries() {
    return groups.stream().flatMap(group -> group.entries().stream()).toList();
  }

  /**
   * Reads the table.
   *
   * @param page where it stands
   * @param text its Markdown
   */
  static Contents read(SourcePage page, String text, Links links) {
    List<Group> groups = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    Node document = Parser.builder().build().parse(text);
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Heading heading) {
            if (heading.getLevel() == SECTION) {
              entries.clear();
              groups.add(new Group(Markdown.text(heading), List.of()));
            }
          }

          @Override
          public void visit(ListItem item) {
            Node first = item.getFirstChild() == null ? null : item.getFirstChild().getFirstChild();
            if (first instanceof Link link && !groups.isEmpty()) {
              String target =
                  Links.inRoot(page.target(), links.inSite(page, link.getDestination()));
              entries.add(new Entry(Markdown.text(link), target));
              Group group = groups.remove(groups.size() - 1);
              groups.add(new Group(group.heading(), entries));
            }
          }
        });
    return new Contents(page.target(), groups);
  }
}
