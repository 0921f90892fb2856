package io.github.dl4jbnfold.examples.drawing;

import static io.github.dl4jbnfold.examples.drawing.Placement.format;

import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import io.github.dl4jbnfold.examples.drawing.Level.Box;
import io.github.dl4jbnfold.examples.drawing.Level.Link;
import io.github.dl4jbnfold.examples.drawing.Placement.Extent;
import io.github.dl4jbnfold.examples.drawing.Placement.Spot;
import java.util.Objects;

/** The elements of a drawing. */
final class SvgBody {
  private final Drawing drawing;
  private final Placement placement;
  private final boolean live;
  private final StringBuilder svg = new StringBuilder();

  /**
   * @param live whether a script opens and closes regions and shows descriptions; else what is
   *     closed is left out, and descriptions are titles
   */
  SvgBody(Drawing drawing, Placement placement, boolean live) {
    this.drawing = drawing;
    this.placement = placement;
    this.live = live;
  }

  String of(Level level, Extent extent) {
    level(level, extent);
    return svg.toString();
  }

  private void level(Level level, Extent extent) {
    svg.append("<g class=\"links\">");
    for (Link link : level.links()) {
      String arrow = link.back() ? "marker-start" : "marker-end";
      boolean ends = link.back() || isDrawn(link.boxes().get(link.boxes().size() - 1), extent);
      svg.append("<path d=\"").append(extent.path(link)).append('"');
      if (link.back()) {
        svg.append(" class=\"back\"");
      }
      if (ends) {
        svg.append(" %s=\"url(#%s-arrow)\"".formatted(arrow, drawing.key()));
      }
      svg.append("/>");
    }
    svg.append("</g>\n");
    for (var layer : level.layers()) {
      for (Box box : layer) {
        if (box.item() instanceof Leaf leaf) {
          node(leaf, extent.spot(box));
        } else if (box.item() instanceof Region region) {
          region(region, box, extent.spot(box));
        }
      }
    }
  }

  /** The line into an open region goes on within it. */
  private static boolean isDrawn(Box box, Extent extent) {
    return box.item() != null && extent.spot(box).inside() == null;
  }

  private void node(Leaf leaf, Spot spot) {
    Node node = leaf.node();
    boolean told = node.status() == Status.KEPT;
    begin("n" + node.id(), "node " + node.status().style(), spot);
    if (live) {
      svg.append(" data-tip=\"").append(Xml.escape(node.description())).append('"');
      svg.append(told ? " tabindex=\"0\" role=\"img\"" : "");
      svg.append(told ? " aria-label=\"%s\"".formatted(Xml.escape(node.description())) : "");
    }
    svg.append('>');
    title(node.description());
    rectangle(spot.width(), spot.height(), node.status() == Status.INPUT ? 19 : 6);
    lines(Label.of(leaf), spot);
    if (!node.status().sign().isEmpty()) {
      svg.append(format("<circle class=\"sign\" cx=\"%s\" cy=\"0\" r=\"8\"/>", spot.width() - 4));
      svg.append(format("<text class=\"sign\" x=\"%s\" y=\"4\">", spot.width() - 4));
      svg.append(node.status().sign()).append("</text>");
    }
    svg.append("</g>\n");
  }

  private void begin(String id, String style, Spot spot) {
    svg.append("<g id=\"%s-%s\" class=\"%s\"".formatted(drawing.key(), id, style));
    svg.append(format(" transform=\"translate(%s %s)\"", spot.x() - spot.left(), spot.y()));
  }

  private void title(String text) {
    if (!live) {
      svg.append("<title>").append(Xml.escape(text)).append("</title>");
    }
  }

  private void rectangle(double width, double height, double round) {
    svg.append(format("<rect width=\"%s\" height=\"%s\" rx=\"%s\"/>", width, height, round));
  }

  private void lines(Label label, Spot spot) {
    double x = spot.width() / 2;
    double y = spot.height() / 2;
    svg.append(format("<text class=\"kind\" x=\"%s\" y=\"%s\">", x, y - 3));
    svg.append(Xml.escape(label.first())).append("</text>");
    svg.append(format("<text class=\"name\" x=\"%s\" y=\"%s\">", x, y + 12));
    svg.append(Xml.escape(label.second())).append("</text>");
  }

  private void region(Region region, Box box, Spot spot) {
    boolean open = spot.inside() != null;
    Label label = Label.of(region);
    begin("r" + region.id(), "region " + style(region) + (open ? " open" : ""), spot);
    svg.append('>');
    if (live || !open) {
      closed(region, label, box);
    }
    if ((live || open) && box.inside() != null) {
      opened(label, box, spot);
    }
    svg.append("</g>\n");
  }

  private static String style(Region region) {
    Status status =
        region.count(Status.REMOVED) > 0
            ? Status.REMOVED
            : region.count(Status.CHANGED) > 0 ? Status.CHANGED : Status.SAME;
    return status.style();
  }

  private void closed(Region region, Label label, Box box) {
    String names =
        "%s\n%s\nFrom %s to %s."
            .formatted(
                label.first(),
                label.second(),
                region.nodes().findFirst().map(Node::name).orElse(""),
                region.nodes().reduce((a, b) -> b).map(Node::name).orElse(""));
    Spot own = new Spot(0, 0, box.width(), 0, box.height(), 0, 0, null);
    svg.append("<g class=\"closed\"");
    button(names, false);
    title(names);
    svg.append(
        format(
            "<rect class=\"stack\" x=\"4\" y=\"4\" width=\"%s\" height=\"%s\" rx=\"6\"/>",
            box.width(), box.height()));
    rectangle(box.width(), box.height(), 6);
    lines(label, own);
    if (live) {
      svg.append(format("<path class=\"plus\" d=\"M%s 9h8m-4 -4v8\"/>", box.width() - 13));
    }
    svg.append("</g>");
  }

  private void button(String tip, boolean expanded) {
    if (live) {
      svg.append(
          " tabindex=\"0\" role=\"button\" aria-expanded=\"%s\" aria-label=\"%s\""
              .formatted(expanded, Xml.escape(tip.replace("\n", ", "))));
      svg.append(" data-tip=\"").append(Xml.escape(tip)).append('"');
    }
    svg.append('>');
  }

  private void opened(Label label, Box box, Spot spot) {
    Level level = Objects.requireNonNull(box.inside());
    Extent inside = spot.inside() == null ? placement.of(level) : spot.inside();
    svg.append("<g class=\"opened\">");
    svg.append(
        format(
            "<rect class=\"frame\" width=\"%s\" height=\"%s\" rx=\"10\"/>",
            spot.width(), spot.height()));
    svg.append("<g class=\"head\"");
    button("Close: " + label.first(), true);
    svg.append("<rect class=\"hit\" x=\"3\" y=\"3\" width=\"40\" height=\"20\" rx=\"6\"/>");
    if (live) {
      svg.append("<path class=\"plus\" d=\"M9 13h8\"/>");
    }
    svg.append("<text class=\"head\" x=\"%d\" y=\"17\">".formatted(live ? 24 : 10));
    svg.append(Xml.escape(label.first())).append("</text></g>");
    svg.append("<g class=\"inside\"");
    svg.append(
        format(" transform=\"translate(%s %s)\">", spot.left() - inside.first(), Placement.HEAD));
    level(level, inside);
    svg.append("</g></g>");
  }
}
