package io.github.dl4jbnfold.examples.command.console;

import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/**
 * Colours for people who read a report at a terminal: what was reached, and what stayed. Text that
 * goes elsewhere stays as it is, and so does all text where {@code NO_COLOR} is set.
 */
final class Highlights {
  /** The first that matches a line counts. */
  private static final List<Rule> RULES =
      List.of(
          new Rule("not the same function.*", "bold,red"),
          new Rule("maybe the same function.*", "bold,yellow"),
          new Rule("the same function.*", "bold,green"),
          new Rule("(\\d+) of \\1 batch normalizations .*, 0 kept.*", "bold,green"),
          new Rule("\\d+ of \\d+ batch normalizations .*", "bold"),
          new Rule("  kept .*", "yellow"),
          new Rule("  they part at .*", "yellow"),
          new Rule("  written to .*", "faint"));

  private record Rule(Pattern line, String style) {
    Rule(String line, String style) {
      this(Pattern.compile(line), style);
    }
  }

  private Highlights() {}

  /**
   * The text with colours.
   *
   * @param ansi whether there are any
   */
  static String of(String text, Ansi ansi) {
    if (!ansi.enabled()) {
      return text;
    }
    StringBuilder coloured = new StringBuilder();
    for (String line : text.split("(?<=\n)", -1)) {
      String content = line.stripTrailing();
      coloured.append(styled(content)).append(line.substring(content.length()));
    }
    return coloured.toString();
  }

  private static String styled(String line) {
    for (Rule rule : RULES) {
      if (rule.line.matcher(line).matches()) {
        // Not as picocli's markup: names in the line may hold its signs.
        Ansi.IStyle[] styles = Ansi.Style.parse(rule.style);
        // Not off(styles) either: what it writes after bold underlines on some terminals.
        return Ansi.Style.on(styles) + line + Ansi.Style.reset.off();
      }
    }
    return line;
  }
}
