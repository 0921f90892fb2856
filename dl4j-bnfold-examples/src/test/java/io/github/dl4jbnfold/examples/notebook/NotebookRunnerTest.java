package io.github.dl4jbnfold.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.notebook.Output.Display;
import io.github.dl4jbnfold.examples.notebook.Output.Result;
import io.github.dl4jbnfold.examples.notebook.Output.Stream;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Small notebooks, without any network. The standard streams of the process are theirs. */
@Isolated
class NotebookRunnerTest {
  private static List<Output> outputs(Ipynb notebook, int cell) {
    return notebook.run().cells().get(cell).outputs();
  }

  @Test
  void what_is_printed_and_the_value_at_the_end_are_below_their_cell() {
    Notebook done =
        new Ipynb()
            .code("int x = 3;", "System.out.println(\"x is \" + x);", "x + 4")
            .markdown("text")
            .code("x = 5;")
            .code("x")
            .run();
    assertThat(done.cells().get(0).outputs())
        .containsExactly(new Stream("stdout", "x is 3\n"), new Result("text/plain", "7"));
    assertThat(done.cells().get(1).outputs()).isEmpty();
    assertThat(done.cells().get(2).outputs()).isEmpty();
    assertThat(done.cells().get(3).outputs()).containsExactly(new Result("text/plain", "5"));
  }

  @Test
  void texts_have_no_quotes_and_null_shows_nothing() {
    assertThat(outputs(new Ipynb().code("\"a \\\"b\\\"\""), 0))
        .containsExactly(new Result("text/plain", "a \"b\""));
    assertThat(outputs(new Ipynb().code("String nothing = null;", "nothing"), 0)).isEmpty();
  }

  @Test
  void streams_and_figures_keep_their_order() {
    List<Output> outputs =
        outputs(
            new Ipynb()
                .code(
                    "import io.github.dl4jbnfold.examples.notebook.Show;",
                    "System.out.print(1); System.out.println(2);",
                    "System.err.println(3);",
                    "Show.table(List.of(\"a<b\"), List.of(List.of(4)));",
                    "System.out.println(5);"),
            0);
    assertThat(outputs).hasSize(4);
    assertThat(outputs.get(0)).isEqualTo(new Stream("stdout", "12\n"));
    assertThat(outputs.get(1)).isEqualTo(new Stream("stderr", "3\n"));
    assertThat(outputs.get(2))
        .isInstanceOfSatisfying(
            Display.class,
            table -> {
              assertThat(table.type()).isEqualTo("text/html");
              assertThat(table.content()).contains(">a&lt;b</th>", ">4</td>");
            });
    assertThat(outputs.get(3)).isEqualTo(new Stream("stdout", "5\n"));
  }

  @Test
  void a_chart_is_an_image_of_its_size() throws Exception {
    List<Output> outputs =
        outputs(
            new Ipynb()
                .code(
                    "import io.github.dl4jbnfold.examples.notebook.Show;",
                    "import org.knowm.xchart.*;",
                    "XYChart chart = new XYChartBuilder().width(320).height(200).build();",
                    "chart.addSeries(\"squares\", new double[] {1, 2}, new double[] {1, 4});",
                    "Show.chart(chart);"),
            0);
    assertThat(outputs).hasSize(1);
    Display figure = (Display) outputs.get(0);
    assertThat(figure.type()).isEqualTo("image/png");
    var image =
        ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(figure.content())));
    assertThat(Objects.requireNonNull(image).getWidth()).isEqualTo(320);
    assertThat(image.getHeight()).isEqualTo(200);
  }

  @Test
  void cells_see_the_class_path_and_what_the_kernel_imports() {
    assertThat(
            outputs(
                new Ipynb()
                    .code("io.github.dl4jbnfold.examples.model.ShapeImages.CLASSES.size()")
                    .code("new ArrayList<>(List.of(new BigDecimal(1))).size()"),
                1))
        .containsExactly(new Result("text/plain", "1"));
  }

  @Test
  void a_cell_that_does_not_compile_is_named_with_its_line() {
    assertThatThrownBy(
            () ->
                new Ipynb()
                    .markdown("text")
                    .code("int x = 3;")
                    .code("", "int y = x;", "int z =", "  missing;")
                    .run())
        .isInstanceOf(NotebookException.class)
        .hasMessageStartingWith("some.ipynb, code cell 2, line 4: it does not compile: cannot find")
        .hasMessageContaining("missing");
  }

  @Test
  void a_cell_that_ends_too_early_is_named_with_the_line_where_it_begins() {
    assertThatThrownBy(() -> new Ipynb().code("int x = 3;", "", "if (x > 2) {", "  x++;").run())
        .hasMessage(
            "some.ipynb, code cell 1, line 3: it does not compile: it ends before a statement that"
                + " begins here does.");
  }

  @Test
  void a_cell_that_throws_is_named_with_its_line_even_from_a_method_of_another_one() {
    assertThatThrownBy(
            () ->
                new Ipynb()
                    .code("int third(int[] some) {", "  return some[3];", "}")
                    .code("int[] two = {1, 2};", "System.out.println(", "    third(two));")
                    .run())
        .isInstanceOf(NotebookException.class)
        .hasMessageStartingWith("some.ipynb, code cell 2, line ")
        .hasMessageContaining("it threw java.lang.ArrayIndexOutOfBoundsException: Index 3");
    assertThatThrownBy(
            () -> new Ipynb().code("int x = 0;", "", "x++;", "throw new IOException();").run())
        .hasMessage("some.ipynb, code cell 1, line 4: it threw java.io.IOException.");
  }

  @Test
  void a_method_that_names_what_is_not_there_is_told_with_what_it_misses() {
    assertThatThrownBy(
            () -> new Ipynb().code("int f() {", "  return missing();", "}").code("f()").run())
        .hasMessageStartingWith("some.ipynb, code cell 2, line 1: it calls 'f'")
        .hasMessageContaining("missing");
  }

  @Test
  void a_command_of_the_kernel_is_told_to_be_one() {
    assertThatThrownBy(() -> new Ipynb().code("", "%classpath lib").run())
        .hasMessageStartingWith("some.ipynb, code cell 1, line 2: it is a command of Jupyter's");
  }

  @Test
  void a_cell_that_does_not_end_is_ended() {
    assertThatThrownBy(
            () ->
                new Ipynb()
                    .code("while (true) {", "  Thread.sleep(10);", "}")
                    .run(Duration.ofMillis(3500)))
        .hasMessage(
            "some.ipynb, code cell 1: it did not end within 3500 ms. Maybe give it longer with"
                + " --timeout.");
  }

  @Test
  void the_streams_of_the_process_are_its_own_again_afterwards() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    new Ipynb().code("1").run();
    assertThatThrownBy(() -> new Ipynb().code("1 +").run()).isInstanceOf(NotebookException.class);
    assertThat(System.out).isSameAs(out);
    assertThat(System.err).isSameAs(err);
  }

  @Test
  void the_listener_hears_of_each_code_cell() {
    List<String> heard = new ArrayList<>();
    new NotebookRunner(Ipynb.LONG, (number, count) -> heard.add(number + " of " + count))
        .run(new Ipynb().code("1").markdown("text").code("2").notebook());
    assertThat(heard).containsExactly("1 of 2", "2 of 2");
  }

  @Test
  void the_file_is_valid_and_keeps_what_is_not_known_here() throws Exception {
    byte[] content =
        """
        {"nbformat": 4, "nbformat_minor": 2, "metadata": {"authors": [{"name": "Ada"}]},
         "cells": [{"cell_type": "code", "metadata": {"tags": ["a"]}, "source": ["1 +\\n", "2"],
                    "outputs": [{"output_type": "error"}], "execution_count": 9},
                   {"cell_type": "raw", "metadata": {}, "source": "raw"}]}
        """
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Notebook done =
        new NotebookRunner(Ipynb.LONG, (number, count) -> {})
            .run(Notebook.read("old.ipynb", content));
    JsonNode root = new ObjectMapper().readTree(done.toBytes());
    assertThat(root.get("nbformat_minor").asInt()).isEqualTo(5);
    assertThat(root.at("/metadata/authors/0/name").asText()).isEqualTo("Ada");
    JsonNode cell = root.at("/cells/0");
    assertThat(cell.get("id").asText()).matches("[a-zA-Z0-9-_]{1,64}");
    assertThat(cell.at("/metadata/tags/0").asText()).isEqualTo("a");
    assertThat(cell.get("execution_count").asInt()).isEqualTo(1);
    assertThat(cell.get("outputs").toString())
        .isEqualTo(
            "[{\"data\":{\"text/plain\":[\"3\"]},\"execution_count\":1,\"metadata\":{},"
                + "\"output_type\":\"execute_result\"}]");
    assertThat(root.at("/cells/1").has("outputs")).isFalse();
    assertThat(Notebook.read("again.ipynb", done.toBytes()).toBytes()).isEqualTo(done.toBytes());
  }
}
