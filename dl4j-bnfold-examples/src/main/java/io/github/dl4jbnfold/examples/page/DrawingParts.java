package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Status;
import io.github.dl4jbnfold.examples.drawing.Svg;
import io.github.dl4jbnfold.examples.drawing.Xml;
import java.util.List;
import java.util.stream.Collectors;

/** Drawings on a page: each in a box of its own that scrolls and zooms, with buttons. */
final class DrawingParts {
  private static final String BUTTONS =
      """
      <div class="tools" role="group" aria-label="%s">
      <button type="button" data-do="out" aria-label="Zoom out">−</button>
      <button type="button" data-do="in" aria-label="Zoom in">+</button>
      <button type="button" data-do="fit">Fit</button>
      <button type="button" data-do="open">Open all</button>
      <button type="button" data-do="close">Close all</button>
      </div>
      """;

  private DrawingParts() {}

  /** The legend, then the drawings side by side, or one below the other on a narrow screen. */
  static String html(List<Drawing> drawings) {
    return legend(drawings)
        + "<div class=\"pair\">\n"
        + drawings.stream().map(DrawingParts::figure).collect(Collectors.joining())
        + "</div>\n";
  }

  private static String figure(Drawing drawing) {
    String title = Xml.escape(drawing.title());
    boolean regions = !drawing.regions().isEmpty();
    String buttons = BUTTONS.formatted("View of the drawing: " + title);
    if (!regions) {
      buttons = buttons.replaceAll("<button[^>]*data-do=\"(open|close)\".*\n", "");
    }
    return """
    <figure data-drawing="%s">
    <figcaption><strong>%s</strong> %s</figcaption>
    <div class="view" tabindex="0" role="region" aria-label="Drawing: %s">
    %s</div>
    </figure>
    """
        .formatted(drawing.key(), title, buttons, title, Svg.inPage(drawing, drawing.title()));
  }

  private static String legend(List<Drawing> drawings) {
    StringBuilder html = new StringBuilder("<ul class=\"legend\">\n");
    for (Status status : Svg.statuses(drawings)) {
      html.append("<li>%s %s</li>\n".formatted(Svg.swatch(status), Xml.escape(status.meaning())));
    }
    if (drawings.stream().anyMatch(drawing -> !drawing.regions().isEmpty())) {
      html.append(
          "<li><span class=\"sign\" aria-hidden=\"true\">⊞</span> several layers: open it</li>\n");
    }
    return html.append("</ul>\n").toString();
  }

  /** What the script needs to know of them. */
  static String data(List<Drawing> drawings) {
    return drawings.stream()
        .map(drawing -> "\"%s\":%s".formatted(drawing.key(), Svg.model(drawing)))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
