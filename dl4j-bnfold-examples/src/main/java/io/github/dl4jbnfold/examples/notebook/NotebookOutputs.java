package io.github.dl4jbnfold.examples.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Outputs of a cell, as the notebook format writes them. */
final class NotebookOutputs {
  /** From the one that tells most to the one that any reader shows. */
  private static final List<String> TYPES = List.of(Output.PNG, Output.HTML, Output.PLAIN);

  private NotebookOutputs() {}

  static ArrayNode write(List<Output> outputs, int count) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Output output : outputs) {
      ObjectNode node = all.addObject();
      if (output instanceof Output.Stream stream) {
        node.put("output_type", "stream").put("name", stream.name());
        node.set("text", Notebook.lines(stream.text()));
      } else if (output instanceof Output.Display display) {
        node.put("output_type", "display_data").putObject("metadata");
        write(node.putObject("data"), display.type(), display.content());
      } else if (output instanceof Output.Result result) {
        node.put("output_type", "execute_result").put("execution_count", count);
        node.putObject("metadata");
        write(node.putObject("data"), result.type(), result.content());
      }
    }
    return all;
  }

  private static void write(ObjectNode data, String type, String content) {
    if (type.equals(Output.PNG)) {
      data.put(type, content);
    } else {
      data.set(type, Notebook.lines(content));
    }
  }

  /** Outputs of kinds that nothing here writes, such as errors, are left out. */
  static List<Output> read(JsonNode outputs) {
    List<Output> all = new ArrayList<>();
    for (JsonNode output : outputs) {
      String type = output.path("output_type").asText();
      if (type.equals("stream")) {
        all.add(
            new Output.Stream(output.path("name").asText(), Notebook.lines(output.path("text"))));
      } else {
        JsonNode data = output.path("data");
        TYPES.stream()
            .filter(data::has)
            .findFirst()
            .ifPresent(best -> all.add(of(type, best, Notebook.lines(data.path(best)))));
      }
    }
    return List.copyOf(all);
  }

  private static Output of(String outputType, String type, String content) {
    return outputType.equals("execute_result")
        ? new Output.Result(type, content)
        : new Output.Display(type, content);
  }
}
