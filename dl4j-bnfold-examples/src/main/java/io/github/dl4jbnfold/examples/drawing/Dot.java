package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import java.util.List;

/** Drawings in the language of Graphviz; regions are clusters, descriptions are tooltips. */
public final class Dot {
  private Dot() {}

  /** One file. */
  public static String file(List<Drawing> drawings) {
    return """
    digraph network {
      node [shape=box, style="rounded,filled", fillcolor="#f4f6f8", color="#8c959f", fontname="Helvetica", fontsize=10];
      graph [fontname="Helvetica", fontsize=11, color="#c4ccd4"];
      edge [color="#8c959f", arrowsize=0.6];
    %s}
    """
        .formatted(new Body().body(drawings));
  }

  private static final class Body extends Outline {
    @Override
    String group(String id, String label) {
      return "subgraph cluster_%s { label=%s;".formatted(id, quoted(label));
    }

    @Override
    String endOfGroup() {
      return "}";
    }

    @Override
    String node(String id, Node node) {
      return "%s [label=%s, tooltip=%s%s];"
          .formatted(
              id,
              quoted(node.kind() + "\n" + node.name()),
              quoted(node.description()),
              look(node.status()));
    }

    @Override
    String edge(String from, String to) {
      return "%s -> %s;".formatted(from, to);
    }

    private static String look(Status status) {
      return switch (status) {
        case SAME -> "";
        case INPUT -> ", style=\"rounded,dotted\"";
        case CHANGED -> ", fillcolor=\"#e6f0fd\", color=\"#2a68c8\"";
        case REPAIRED, NEW, REDUCED -> ", fillcolor=\"#f1eafc\", color=\"#7a47c9\"";
        case REMOVED ->
            ", style=\"rounded,filled,dashed\", fillcolor=\"#e4f5ea\", color=\"#1f8a4c\"";
        case KEPT -> ", fillcolor=\"#ffe9d9\", color=\"#c2410c\", penwidth=3";
      };
    }
  }

  private static String quoted(String text) {
    String clean = text.replaceAll("[\\p{Cc}&&[^\n]]", " ");
    return "\"" + clean.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }
}
