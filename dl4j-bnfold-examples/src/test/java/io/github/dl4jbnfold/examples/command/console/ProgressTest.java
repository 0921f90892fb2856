package io.github.dl4jbnfold.examples.command.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void a_status_that_tells_how_far_it_is_gets_a_bar() {
    assertThat(Progress.line("training 5 of 20, loss 0.3"))
        .isEqualTo("[#####...............] training 5 of 20, loss 0.3 ...");
    assertThat(Progress.line("training 20 of 20")).startsWith("[####################]");
    assertThat(Progress.line("0 of 0")).startsWith("[....................]");
  }

  @Test
  void a_status_that_does_not_is_itself() {
    assertThat(Progress.line("reading model.zip")).isEqualTo("reading model.zip ...");
  }

  @Test
  void a_line_is_never_wider_than_a_terminal() {
    assertThat(Progress.line("reading " + "x".repeat(200))).hasSize(79).endsWith("xxx ...");
  }

  @Test
  void nothing_is_shown_where_there_is_no_terminal() {
    StringWriter text = new StringWriter();
    try (Progress progress = Progress.on(new PrintWriter(text), false)) {
      progress.show("reading");
    }
    assertThat(text.toString()).isEmpty();
  }
}
