package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import java.util.List;
import java.util.Locale;

/** Drawings in the language of Mermaid, for Markdown; regions are subgraphs. */
public final class Mermaid {
  private Mermaid() {}

  /** One file. */
  public static String file(List<Drawing> drawings) {
    return """
    %%%%{init: {"maxTextSize": 1000000, "maxEdges": 20000}}%%%%
    flowchart TD
      classDef input fill:none,stroke-dasharray:2 3
      classDef changed fill:#e6f0fd,stroke:#2a68c8,color:#1d4b94
      classDef repaired fill:#f1eafc,stroke:#7a47c9,color:#5a2fa0
      classDef new fill:#f1eafc,stroke:#7a47c9,color:#5a2fa0
      classDef reduced fill:#f1eafc,stroke:#7a47c9,color:#5a2fa0
      classDef removed fill:#e4f5ea,stroke:#1f8a4c,color:#14613a,stroke-dasharray:5 3
      classDef kept fill:#ffe9d9,stroke:#c2410c,color:#8f2d05,stroke-width:3px
    %s\
    """
        .formatted(new Body().body(drawings));
  }

  private static final class Body extends Outline {
    @Override
    String group(String id, String label) {
      return "subgraph %s[\"%s\"]".formatted(id, escape(label));
    }

    @Override
    String endOfGroup() {
      return "end";
    }

    @Override
    String node(String id, Node node) {
      String reason =
          node.status() == Status.KEPT && !node.notes().isEmpty()
              ? "<br/>" + escape(node.notes().get(0))
              : "";
      String style =
          node.status() == Status.SAME ? "" : ":::" + node.status().name().toLowerCase(Locale.ROOT);
      return "%s[\"%s<br/>%s%s\"]%s"
          .formatted(id, escape(node.kind()), escape(node.name()), reason, style);
    }

    @Override
    String edge(String from, String to) {
      return "%s --> %s".formatted(from, to);
    }
  }

  /** Mermaid takes no quotes, and Markdown between backticks, in a quoted text. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.replaceAll("\\p{Cc}+", " ")
        .codePoints()
        .forEach(
            point -> {
              if ("#\"<>&`;\\".indexOf(point) >= 0) {
                escaped.append('#').append(point).append(';');
              } else {
                escaped.appendCodePoint(point);
              }
            });
    return escaped.toString();
  }
}
