package io.github.dl4jbnfold.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The notebooks that ship with the command run from top to bottom, and their files hold the outputs
 * that a run gives now. To renew them: {@code bnfold notebook run FILE -o FILE --overwrite}.
 */
@Isolated
class ShippedNotebooksTest {
  private static final Path FOLDER = Path.of("notebooks");

  /** Outputs of a cell with this tag depend on a training, and so on the processor. */
  private static final String VARIES = "varies";

  static List<String> names() {
    return Notebooks.names();
  }

  @Test
  void the_list_is_what_the_folder_holds() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(Notebooks.SUFFIX))
                  .sorted())
          .containsExactlyElementsOf(
              names().stream().map(name -> name + Notebooks.SUFFIX).toList());
    }
  }

  @Test
  void a_number_or_a_name_with_or_without_its_ending_finds_one() {
    assertThat(Notebooks.find("04")).contains("04-layer-folding");
    assertThat(Notebooks.find("04-layer-folding.ipynb")).contains("04-layer-folding");
    assertThat(Notebooks.find("04-layer")).contains("04-layer-folding");
    assertThat(Notebooks.find("0")).isEmpty();
    assertThat(Notebooks.find("06")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void each_names_the_kernel_and_has_a_title_and_a_summary(String name) throws IOException {
    Notebook notebook = Notebooks.read(name);
    assertThat(notebook.title()).isNotBlank().isNotEqualTo(notebook.name());
    assertThat(notebook.summary()).endsWith(".");
    assertThat(json(notebook).at("/metadata/kernelspec/name").asText())
        .isEqualTo(JupyterKernel.NAME);
    assertThat(notebook.toBytes()).as("as Jupyter writes it").isEqualTo(Notebooks.bytes(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void each_runs_and_its_file_has_the_outputs_of_now(String name) throws IOException {
    Notebook committed = Notebook.read(name, Files.readAllBytes(FOLDER.resolve(name + ".ipynb")));
    Notebook now = new NotebookRunner(Ipynb.LONG, (number, count) -> {}).run(committed);
    JsonNode cells = json(now).path("cells");
    for (int i = 0; i < cells.size(); i++) {
      boolean varies = cells.path(i).path("metadata").path("tags").toString().contains(VARIES);
      assertThat(outputs(now, i, varies))
          .as("%s, cell '%s'", name, cells.path(i).path("id").asText())
          .isEqualTo(outputs(committed, i, varies));
    }
  }

  private static JsonNode json(Notebook notebook) throws IOException {
    return new ObjectMapper().readTree(notebook.toBytes());
  }

  private static List<String> outputs(Notebook notebook, int cell, boolean varies) {
    return notebook.cells().get(cell).outputs().stream()
        .map(output -> comparable(output, varies))
        .toList();
  }

  /** Text without the digits behind the point, and of a figure only that it is there. */
  private static String comparable(Output output, boolean varies) {
    if (output instanceof Output.Stream stream) {
      return stream.name() + (varies ? "" : ": " + masked(stream.text()));
    }
    if (output instanceof Output.Display display) {
      boolean figure = display.type().equals(Output.PNG);
      return display.type() + (varies || figure ? "" : ": " + masked(display.content()));
    }
    return output instanceof Output.Result result && !varies
        ? result.type() + ": " + masked(result.content())
        : "a value";
  }

  private static String masked(String text) {
    return text.replaceAll("\\s*-?\\d+\\.\\d+(E-?\\d+)?", " *");
  }
}
