package io.github.dl4jbnfold.examples.command.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.notebook.Notebooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code bnfold notebook}, as a user runs it. */
@Isolated
class NotebookCommandTest {
  @TempDir Path folder;

  private Path notebook(String... cells) throws IOException {
    StringBuilder json = new StringBuilder("{\"nbformat\": 4, \"metadata\": {}, \"cells\": [");
    for (int i = 0; i < cells.length; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"cell_type\": \"code\", \"source\": ")
          .append(new ObjectMapper().writeValueAsString(cells[i]))
          .append('}');
    }
    return Files.writeString(folder.resolve("mine.ipynb"), json.append("]}").toString());
  }

  @Test
  void list_names_each_with_its_title_and_first_sentence() {
    assertThat(Bnfold.run("notebook", "list").succeeds().out())
        .contains("01-fold-a-samediff-graph\n  Fold a SameDiff graph\n  A batch normalization in")
        .contains("05-import-keras-fold-deploy\n  From Keras to a service\n");
    assertThat(Bnfold.run("notebook", "list", "--json").succeeds().out())
        .contains("\"name\" : \"01-fold-a-samediff-graph\"", "\"title\" : \"Fold a SameDiff");
  }

  @Test
  void run_says_as_data_what_it_wrote() throws IOException {
    Path out = folder.resolve("done.ipynb");
    Bnfold run = Bnfold.run("notebook", "run", notebook("6 * 7"), "-o", out, "--json").succeeds();

    assertThat(new ObjectMapper().readTree(run.out()).get("writtenTo").asText())
        .isEqualTo(out.toString());
  }

  @Test
  void run_writes_a_notebook_with_outputs() throws IOException {
    Path out = folder.resolve("done.ipynb");
    Bnfold run = Bnfold.run("notebook", "run", notebook("6 * 7"), "-o", out).succeeds();
    assertThat(run.out()).startsWith("mine.ipynb: ran in ").endsWith("written to " + out + "\n");
    JsonNode cell = new ObjectMapper().readTree(out.toFile()).at("/cells/0");
    assertThat(cell.at("/outputs/0/data/text~1plain/0").asText()).isEqualTo("42");
  }

  @Test
  void run_writes_a_page() throws IOException {
    Path out = folder.resolve("done.html");
    Bnfold.run("notebook", "run", notebook("6 * 7"), "--out", out).succeeds();
    assertThat(out).content().startsWith("<!DOCTYPE html>").contains(">42</pre>");
  }

  @Test
  void what_is_there_is_replaced_only_when_that_is_asked_for() throws IOException {
    Path mine = notebook("6 * 7");
    Path out = Files.writeString(folder.resolve("done.html"), "old");
    Bnfold.run("notebook", "run", mine, "-o", out).fails(1, out, "--overwrite");
    assertThat(out).hasContent("old");
    Bnfold.run("notebook", "run", mine, "-o", out, "--overwrite").succeeds();
    assertThat(out).content().contains("42");
  }

  @Test
  void a_bad_cell_ends_the_run_in_one_line_and_nothing_is_written() throws IOException {
    Path out = folder.resolve("done.html");
    Bnfold.run("notebook", "run", notebook("int x = 1;", "\nx +\n  y"), "-o", out)
        .fails(1, "mine.ipynb, code cell 2, line 3: it does not compile:", "y");
    Bnfold.run("notebook", "run", notebook("throw new IOException(\"no\\nway\");"), "-o", out)
        .fails(1, "mine.ipynb, code cell 1, line 1: it threw java.io.IOException: no way");
    Bnfold.run("notebook", "run", notebook("Thread.sleep(600000);"), "-o", out, "--timeout", "2.5")
        .fails(1, "mine.ipynb, code cell 1: it did not end within 2500 ms");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("mine.ipynb"));
    }
  }

  @Test
  void bad_usage_is_told_before_anything_runs() throws IOException {
    Path mine = notebook("6 * 7");
    Path text = Files.writeString(folder.resolve("text.ipynb"), "no JSON");
    Bnfold.run("notebook").fails(2, "notebook");
    Bnfold.run("notebook", "run", "07").fails(2, "07: there is no such file", "notebook list");
    Bnfold.run("notebook", "run", text, "-o", folder.resolve("x.html"))
        .fails(2, "text.ipynb: this is no notebook");
    Bnfold.run("notebook", "run", mine, "-o", folder.resolve("x.pdf")).fails(2, "x.pdf", ".html");
    Bnfold.run("notebook", "run", mine, "--timeout", "0").fails(2, "--timeout");
    Bnfold.run("notebook", "open", "07", "--no-start").fails(2, "07");
  }

  @Test
  void open_copies_and_leaves_what_is_there() throws IOException {
    Path there = Files.writeString(folder.resolve(Notebooks.names().get(0) + ".ipynb"), "mine");
    Bnfold run = Bnfold.run("notebook", "open", "--dir", folder, "--no-start").succeeds();
    assertThat(run.out()).contains(there + ": it is there already", "copied");
    assertThat(there).hasContent("mine");
    assertThat(Files.readAllBytes(folder.resolve("04-layer-folding.ipynb")))
        .isEqualTo(Notebooks.bytes("04-layer-folding"));
  }

  @Test
  void install_kernel_writes_the_kernel_where_it_is_told_to() {
    Bnfold run = Bnfold.run("notebook", "install-kernel", "--dir", folder).succeeds();
    assertThat(run.out()).contains("'dl4j-bnfold'").contains(folder.toString());
    assertThat(folder.resolve("kernels/dl4j-bnfold/kernel.json")).exists();
    Bnfold.run("notebook", "install-kernel", "--dir", folder, "--kernel-jar", "missing.jar")
        .fails(1, "missing.jar");
  }
}
