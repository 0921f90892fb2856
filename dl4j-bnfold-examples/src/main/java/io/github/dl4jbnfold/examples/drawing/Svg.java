package io.github.dl4jbnfold.examples.drawing;

import static io.github.dl4jbnfold.examples.drawing.Placement.format;

import io.github.dl4jbnfold.examples.drawing.Placement.Extent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Drawings as SVG; colours follow what the reader prefers, light or dark. */
public final class Svg {
  private static final double EDGE = 18;
  private static final double TITLE = 34;
  private static final double LEGEND_LINE = 22;
  private static final double LEGEND_SIGN = 26;

  private Svg() {}

  /** Which regions are open. */
  public enum Detail {
    /** All. */
    ALL,
    /** Those of a small network. */
    FITTING,
    /** None. */
    LEAST
  }

  /** A style sheet for the elements of drawings. */
  public static String style() {
    try (InputStream stream = Svg.class.getResourceAsStream("drawing.css")) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A file of its own: drawings side by side, and what their colours mean.
   *
   * @param detail which regions are open
   */
  public static String file(List<Drawing> drawings, Detail detail) {
    StringBuilder body = new StringBuilder();
    double x = EDGE;
    double height = 0;
    for (Drawing drawing : drawings) {
      Level level = Level.of(drawing);
      Placement placement = new Placement(open(drawing, detail));
      Extent extent = placement.of(level);
      double width = Math.max(extent.width(), 8.0 * drawing.title().length());
      body.append(format("<text class=\"title\" x=\"%s\" y=\"26\">", x + width / 2));
      body.append(Xml.escape(drawing.title())).append("</text>\n");
      body.append(
          format(
              "<g transform=\"translate(%s %s)\">",
              x + width / 2 - (extent.left() + extent.right()) / 2, EDGE + TITLE));
      body.append(new SvgBody(drawing, placement, false).of(level, extent)).append("</g>\n");
      x += width + 3 * EDGE;
      height = Math.max(height, extent.height());
    }
    double width = x - 2 * EDGE;
    double bottom = height + EDGE + TITLE + EDGE;
    List<Status> statuses = statuses(drawings);
    body.append(legend(statuses, bottom));
    double lines = statuses.isEmpty() ? 0 : statuses.size() * LEGEND_LINE + EDGE;
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + open("", width, bottom + lines, title(drawings))
        + "<style>\n"
        + style()
        + "</style>\n"
        + format("<rect class=\"ground\" width=\"%s\" height=\"%s\"/>\n", width, bottom + lines)
        + arrows(drawings)
        + body
        + "</svg>\n";
  }

  private static Set<Integer> open(Drawing drawing, Detail detail) {
    return switch (detail) {
      case ALL -> drawing.regions();
      case FITTING -> drawing.openAtFirst();
      case LEAST -> Set.of();
    };
  }

  private static String title(List<Drawing> drawings) {
    return String.join(", ", drawings.stream().map(Drawing::title).toList());
  }

  private static String open(String attributes, double width, double height, String label) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"network\" role=\"%s\" aria-label=\"%s\"%s"
            .formatted(attributes.isEmpty() ? "img" : "group", Xml.escape(label), attributes)
        + format(
            " viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\">\n", width, height, width, height);
  }

  private static String arrows(List<Drawing> drawings) {
    StringBuilder arrows = new StringBuilder("<defs>");
    for (Drawing drawing : drawings) {
      arrows.append(
          "<marker id=\"%s-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path class=\"arrow\" d=\"M0 0.5L8 4L0 7.5z\"/></marker>"
              .formatted(drawing.key()));
    }
    return arrows.append("</defs>\n").toString();
  }

  /** The statuses that need to be explained. */
  public static List<Status> statuses(List<Drawing> drawings) {
    return Arrays.stream(Status.values())
        .filter(status -> status != Status.SAME && status != Status.INPUT)
        .filter(
            s -> drawings.stream().anyMatch(d -> d.nodes().stream().anyMatch(n -> n.status() == s)))
        .sorted(Comparator.comparing(status -> status != Status.KEPT))
        .toList();
  }

  private static String legend(List<Status> statuses, double top) {
    StringBuilder legend = new StringBuilder();
    double y = top;
    for (Status status : statuses) {
      legend.append(format("<g transform=\"translate(%s %s)\">", EDGE, y));
      legend.append(sample(status));
      legend.append("<text class=\"legend\" x=\"%s\" y=\"13\">".formatted(LEGEND_SIGN + 4));
      legend.append(Xml.escape(status.meaning())).append("</text></g>\n");
      y += LEGEND_LINE;
    }
    return legend.toString();
  }

  private static String sample(Status status) {
    return "<g class=\"node %s\"><rect width=\"22\" height=\"16\" rx=\"4\"/><text class=\"sample\" x=\"11\" y=\"12\">%s</text></g>"
        .formatted(status.style(), status.sign());
  }

  /** What a colour looks like, for a legend on a page. */
  public static String swatch(Status status) {
    return "<svg class=\"network swatch\" viewBox=\"-1 -1 24 18\" width=\"24\" height=\"18\" aria-hidden=\"true\">%s</svg>"
        .formatted(sample(status));
  }

  /**
   * A drawing within a page, whose script opens and closes regions by {@link #model}.
   *
   * @param label for those who do not see it
   */
  public static String inPage(Drawing drawing, String label) {
    Level level = Level.of(drawing);
    Placement placement = new Placement(drawing.openAtFirst());
    Extent extent = placement.of(level);
    return open(
            " id=\"%s\"".formatted(drawing.key()),
            extent.width() + 2 * EDGE,
            extent.height() + 2 * EDGE,
            label)
        + arrows(List.of(drawing))
        + format("<g class=\"all\" transform=\"translate(%s %s)\">", EDGE - extent.left(), EDGE)
        + new SvgBody(drawing, placement, true).of(level, extent)
        + "</g></svg>\n";
  }

  /** What the page's script needs to place the boxes of {@link #inPage}: JSON. */
  public static String model(Drawing drawing) {
    return model(Level.of(drawing));
  }

  /**
   * Boxes as [id or null, x, width, height, room for the head, inside], links as [layer, box]
   * pairs.
   */
  private static String model(Level level) {
    List<String> layers = new ArrayList<>();
    IdentityHashMap<Level.Box, String> places = new IdentityHashMap<>();
    for (int layer = 0; layer < level.layers().size(); layer++) {
      List<String> boxes = new ArrayList<>();
      for (Level.Box box : level.layers().get(layer)) {
        places.put(box, "[%d,%d]".formatted(layer, boxes.size()));
        boxes.add(model(box));
      }
      layers.add("[" + String.join(",", boxes) + "]");
    }
    List<String> links =
        level.links().stream()
            .map(
                link ->
                    "[" + String.join(",", link.boxes().stream().map(places::get).toList()) + "]")
            .toList();
    return "{\"layers\":[%s],\"links\":[%s]}"
        .formatted(String.join(",", layers), String.join(",", links));
  }

  private static String model(Level.Box box) {
    String id =
        box.item() instanceof Drawing.Leaf leaf
            ? "\"n%d\"".formatted(leaf.node().id())
            : box.item() instanceof Drawing.Region region
                ? "\"r%d\"".formatted(region.id())
                : "null";
    String numbers = format("%s,%s,%s", box.x(), box.width(), box.height());
    String inside =
        box.inside() == null || box.item() == null
            ? ""
            : format(",%s,", Label.of(box.item()).head()) + model(box.inside());
    return "[%s,%s%s]".formatted(id, numbers, inside);
  }
}
