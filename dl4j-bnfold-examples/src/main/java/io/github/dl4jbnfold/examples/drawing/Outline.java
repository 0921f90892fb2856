package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import java.util.List;

/** What languages for graphs have in common: groups in groups, nodes in them, and edges. */
abstract class Outline {
  private final StringBuilder text = new StringBuilder();
  private int depth = 1;

  abstract String group(String id, String label);

  abstract String endOfGroup();

  abstract String node(String id, Node node);

  abstract String edge(String from, String to);

  /** Of all drawings, each in a group. */
  final String body(List<Drawing> drawings) {
    for (Drawing drawing : drawings) {
      begin(group(drawing.key(), drawing.title()));
      drawing.items().forEach(item -> item(drawing, item));
      for (Edge edge : drawing.edges()) {
        line(edge(drawing.key() + "_n" + edge.from(), drawing.key() + "_n" + edge.to()));
      }
      end();
    }
    return text.toString();
  }

  private void item(Drawing drawing, Item item) {
    if (item instanceof Leaf leaf) {
      line(node(drawing.key() + "_n" + leaf.node().id(), leaf.node()));
    } else if (item instanceof Region region) {
      begin(group(drawing.key() + "_r" + region.id(), region.label()));
      region.items().forEach(inner -> item(drawing, inner));
      end();
    }
  }

  private void begin(String line) {
    line(line);
    depth++;
  }

  private void end() {
    depth--;
    line(endOfGroup());
  }

  private void line(String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }
}
