package io.github.dl4jbnfold.examples.drawing;

/** Text in XML and HTML. */
public final class Xml {
  private static final int REPLACEMENT = 0xFFFD;

  private Xml() {}

  /** A text that may stand between tags, and in an attribute between double quotes. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints().forEach(point -> append(escaped, point));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int point) {
    switch (point) {
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '&' -> escaped.append("&amp;");
      case '"' -> escaped.append("&quot;");
      case '\'' -> escaped.append("&#39;");
      // An attribute would turn them into spaces.
      case '\n', '\r', '\t' -> escaped.append("&#").append(point).append(';');
      default -> escaped.appendCodePoint(isAllowed(point) ? point : REPLACEMENT);
    }
  }

  /** What XML 1.0 knows as a character, without controls. */
  private static boolean isAllowed(int point) {
    boolean control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return !control && !surrogate && point != 0xFFFE && point != 0xFFFF;
  }
}
