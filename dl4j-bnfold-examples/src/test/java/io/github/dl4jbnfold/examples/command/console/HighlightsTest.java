package io.github.dl4jbnfold.examples.command.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class HighlightsTest {
  private static final String REPORT =
      """
      model.zip
      3 of 9 batch normalizations can be removed, 6 kept: the maximum
        kept @|norm|@ (SHIFT_CONFLICT)
          These cannot hold together
      """;

  private static String withoutColours(String text) {
    return text.replaceAll("\033\\[[0-9;]*m", "");
  }

  @Test
  void colours_add_nothing_else() {
    String coloured = Highlights.of(REPORT, Ansi.ON);

    assertThat(withoutColours(coloured)).isEqualTo(REPORT);
    assertThat(coloured.lines().filter(line -> line.contains("\033["))).hasSize(2);
  }

  @Test
  void what_all_went_and_what_stayed_look_different() {
    String all = Highlights.of("9 of 9 batch normalizations removed, 0 kept", Ansi.ON);
    String some = Highlights.of("8 of 9 batch normalizations removed, 1 kept", Ansi.ON);

    assertThat(all.substring(0, all.indexOf('9')))
        .isNotEqualTo(some.substring(0, some.indexOf('8')));
  }

  @Test
  void text_that_goes_elsewhere_stays_as_it_is() {
    assertThat(Highlights.of(REPORT, Ansi.OFF)).isEqualTo(REPORT);
  }
}
