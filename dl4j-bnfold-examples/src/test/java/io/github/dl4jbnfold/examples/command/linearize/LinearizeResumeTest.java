package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;

/** A run of {@code bnfold linearize} that was killed goes on to the same bits. */
class LinearizeResumeTest {
  private static final String[] BUDGET = {"--budget", "0.7"};
  private static final String[] LAMBDA = {"--lambda", "100", "--pre", "20"};

  @TempDir Path folder;

  private Path model(String kind) throws IOException {
    return kind.equals("graph")
        ? LinearizeGraphs.classes().save(folder)
        : new LinearizeFiles(folder).layers();
  }

  private LinearizeOptions options(String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("--data", new LinearizeFiles(folder).rows(100).toString(), "--unit", "depth"));
    arguments.addAll(
        List.of("--steps", "20", "--batch", "16", "--learning-rate", "0.01", "--seed", "4"));
    arguments.addAll(List.of(more));
    LinearizeOptions options = new LinearizeOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments.toArray(String[]::new));
    return options;
  }

  /** A process of its own, as far as the command goes: everything is read anew. */
  private byte[] run(String kind, String name, LinearizeOptions options, Consumer<String> status)
      throws IOException {
    LinearizeModel<?> model = LinearizeModel.read(model(kind), options);
    LinearizeRun run = new LinearizeRun(folder.resolve(name));
    return new LinearizeJob<>(model, options, run, status).run("model").network();
  }

  private List<String> numbers(byte[] network, String kind) throws IOException {
    Path file = Files.write(folder.resolve("result"), network);
    if (kind.equals("graph")) {
      return LinearizeGraphs.numbers(LinearizeGraphs.load(file));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Nd4j.writeAsNumpy(MultiLayerNetwork.load(file.toFile(), false).params(), bytes);
    return List.of(HexFormat.of().formatHex(bytes.toByteArray()));
  }

  @ParameterizedTest
  @CsvSource({
    "layers, measuring what activations are worth: 2 of",
    "layers, merging",
    "layers, comparing the merged network",
    "layers, post-folding 1 of 20",
    "layers, post-folding 17 of 20",
    "layers, post-folding 20 of 20",
    "graph, measuring what activations are worth: 2 of",
    "graph, merging",
    "graph, comparing the merged network",
    "graph, post-folding 17 of 20"
  })
  void killed_under_a_budget(String kind, String when) throws IOException {
    resumes(kind, when, BUDGET);
  }

  @ParameterizedTest
  @CsvSource({
    "layers, pre-folding 15 of 20",
    "layers, comparing the merged network",
    "layers, post-folding 3 of 20",
    "graph, pre-folding 20 of 20",
    "graph, comparing the merged network"
  })
  void killed_while_gates_are_trained_and_after(String kind, String when) throws IOException {
    resumes(kind, when, LAMBDA);
  }

  private void resumes(String kind, String when, String... rule) throws IOException {
    LinearizeOptions options = options(rule);
    List<String> whole = numbers(run(kind, "whole", options, status -> {}), kind);
    Consumer<String> killer =
        status -> {
          if (status.startsWith(when)) {
            throw new IllegalStateException("killed");
          }
        };
    assertThatThrownBy(() -> run(kind, "killed", options, killer)).hasMessage("killed");
    Nd4j.randn(3, 3); // Another process has other random numbers.
    List<String> seen = new ArrayList<>();
    assertThat(numbers(run(kind, "killed", options, seen::add), kind)).isEqualTo(whole);
    if (when.startsWith("post-folding 17")) {
      assertThat(seen).noneMatch(status -> status.startsWith("measuring"));
      assertThat(seen).noneMatch(status -> status.startsWith("post-folding 10 of"));
    }
  }

  @Test
  void a_file_that_is_read_twice_is_the_same_model() throws Exception {
    LinearizeFiles files = new LinearizeFiles(folder);
    LinearizeOptions options = options();
    for (Path file : List.of(files.graph(), files.channelsLast(), model("graph"))) {
      assertThat(LinearizeModel.read(file, options).fingerprint())
          .isEqualTo(LinearizeModel.read(file, options).fingerprint());
    }
  }
}
