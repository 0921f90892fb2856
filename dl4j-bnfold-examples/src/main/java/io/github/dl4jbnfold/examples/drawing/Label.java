package io.github.dl4jbnfold.examples.drawing;

import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;

/**
 * The two lines in a box.
 *
 * @param first what it is
 * @param second its name, or what became of it
 */
record Label(String first, String second) {
  private static final int LONGEST = 26;
  private static final double FIRST_SIZE = 7.3;
  private static final double SECOND_SIZE = 6;
  private static final double MARGIN = 30;
  private static final double LEAST_WIDTH = 84;

  static Label of(Item item) {
    if (item instanceof Leaf leaf) {
      return new Label(cut(leaf.node().kind()), cut(leaf.node().name()));
    }
    Region region = (Region) item;
    return new Label(region.label(), contents(region));
  }

  private static String contents(Region region) {
    long gone = region.count(Status.REMOVED);
    long all = region.nodes().count() - gone;
    String operators = all + (all == 1 ? " layer" : " layers");
    long changed = region.count(Status.CHANGED);
    if (gone > 0) {
      return "%s, − %d batch norm%s".formatted(operators, gone, gone == 1 ? "" : "s");
    }
    return changed > 0 ? "%s, %d with new weights".formatted(operators, changed) : operators;
  }

  /** Names of imported networks are paths: their ends tell them apart. */
  private static String cut(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    if (line.codePointCount(0, line.length()) <= LONGEST) {
      return line;
    }
    int[] points = line.codePoints().toArray();
    int tail = LONGEST / 2;
    return new String(points, 0, LONGEST - tail - 1)
        + "…"
        + new String(points, points.length - tail, tail);
  }

  /** What the first line takes beside the line into an open region. */
  double head() {
    return Math.ceil(6.2 * first.codePointCount(0, first.length()) + 36);
  }

  double width() {
    double text =
        Math.max(
            FIRST_SIZE * first.codePointCount(0, first.length()),
            SECOND_SIZE * second.codePointCount(0, second.length()));
    return Math.max(LEAST_WIDTH, Math.ceil(text + MARGIN));
  }
}
