package io.github.dl4jbnfold.examples.chart;

import java.awt.Color;

/** Colours that people with any colour vision tell apart (after Okabe and Ito), on both grounds. */
public final class ChartStyle {
  static final int COLOURS = 6;
  private static final int[] LIGHT = {0x0b62b0, 0xc2410c, 0x0f7b5f, 0x9a4f96, 0x8a6d00, 0x3f4a57};
  private static final int[] DARK = {0x6cb6ff, 0xff9a63, 0x4fd1a5, 0xe09bdc, 0xe3c04d, 0xb3bec9};

  private ChartStyle() {}

  static Color light(int index) {
    return new Color(LIGHT[index % COLOURS]);
  }

  /** A style sheet for the elements of charts. */
  public static String css() {
    StringBuilder css =
        new StringBuilder(
            """
            .chart { --ground: #ffffff; --ink: #1c2128; --grid: #d8dee4; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 12px; }
            .chart .ground { fill: var(--ground); }
            .chart text { fill: var(--ink); }
            .chart .start { text-anchor: start; } .chart .middle { text-anchor: middle; } .chart .end { text-anchor: end; }
            .chart .grid { stroke: var(--grid); fill: none; }
            .chart polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
            .chart .bar { fill: var(--c0); }
            .chart .bar.after { fill: var(--c2); }
            """);
    css.append(".chart { ").append(variables(LIGHT)).append(" }\n");
    css.append(
        "@media (prefers-color-scheme: dark) { .chart { --ground: #0f1419; --ink: #e6edf3; --grid:"
            + " #313b46; ");
    css.append(variables(DARK)).append(" } }\n");
    for (int i = 0; i < COLOURS; i++) {
      css.append(
          ".chart .s%d polyline { stroke: var(--c%d); } .chart .s%d circle { fill: var(--c%d); }\n"
              .formatted(i, i, i, i));
    }
    return css.toString();
  }

  private static String variables(int[] colours) {
    StringBuilder variables = new StringBuilder();
    for (int i = 0; i < colours.length; i++) {
      variables.append("--c%d: #%06x; ".formatted(i, colours[i]));
    }
    return variables.toString().strip();
  }
}
