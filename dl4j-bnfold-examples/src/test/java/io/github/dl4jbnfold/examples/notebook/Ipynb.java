package io.github.dl4jbnfold.examples.notebook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Builds small notebooks and runs them. */
final class Ipynb {
  static final Duration LONG = Duration.ofSeconds(300);

  private final ObjectNode root = new ObjectMapper().createObjectNode();

  Ipynb() {
    root.put("nbformat", 4).put("nbformat_minor", 5).putObject("metadata");
    root.putArray("cells");
  }

  Ipynb code(String... lines) {
    return cell("code", lines);
  }

  Ipynb markdown(String... lines) {
    return cell("markdown", lines);
  }

  Ipynb format(int version) {
    root.put("nbformat", version);
    return this;
  }

  private Ipynb cell(String type, String... lines) {
    root.withArray("cells")
        .addObject()
        .put("cell_type", type)
        .put("source", String.join("\n", lines));
    return this;
  }

  byte[] bytes() {
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  Notebook notebook() {
    return Notebook.read("some.ipynb", bytes());
  }

  Notebook run() {
    return run(LONG);
  }

  Notebook run(Duration timeout) {
    return new NotebookRunner(timeout, (number, count) -> {}).run(notebook());
  }
}
