package io.github.dl4jbnfold.examples.command.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class BenchCommandTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = Bnfold.model(folder);
  }

  @Test
  void a_single_model_is_measured_before_and_after_its_fold() throws IOException {
    byte[] before = Files.readAllBytes(model);

    Bnfold run = Bnfold.run("bench", model, "--seconds", "0.1", "--batch", "1,3").succeeds();

    assertThat(run.out())
        .contains(
            "batch of 1 (image [1, 1, 16, 16])",
            "batch of 3 (image [3, 1, 16, 16])",
            "model.fb",
            "folded, 9 of 9 batch normalizations")
        .contains("of the time");
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
    assertThat(folder.toFile().list()).containsExactly("model.fb");
  }

  @Test
  void several_models_are_compared_with_the_first_one_as_data() throws IOException {
    Path other = Files.copy(model, folder.resolve("other.fb"));

    Bnfold run =
        Bnfold.run("bench", model, other, "--seconds", "0.1", "--batch", "2", "--json").succeeds();

    JsonNode batch = new ObjectMapper().readTree(run.out()).get("batches").get(0);
    assertThat(batch.get("size").asInt()).isEqualTo(2);
    assertThat(batch.get("rounds").asInt()).isGreaterThanOrEqualTo(5);
    assertThat(batch.get("models").findValuesAsText("model"))
        .containsExactly("model.fb", "other.fb");
    JsonNode first = batch.get("models").get(0);
    assertThat(first.get("milliseconds").get("median").asDouble()).isPositive();
    assertThat(first.get("ofFirst").get("median").asDouble()).isEqualTo(1);
  }

  @Test
  void a_model_of_one_batch_size_is_measured_at_that() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, 1, 4);
    graph.mmul("y", x, graph.var("w", Nd4j.rand(4, 3)));
    Path fixed = folder.resolve("fixed.fb");
    graph.save(fixed.toFile(), false);

    Bnfold run = Bnfold.run("bench", fixed, fixed, "--seconds", "0.1").succeeds();

    assertThat(run.out()).contains("batch of 1 (x [1, 4])").doesNotContain("batch of 16");
    Bnfold.run("bench", fixed, "--batch", "2,3").fails(1, fixed, "no batches of [2, 3]");
  }

  @Test
  void bad_usage_is_told() {
    Bnfold.run("bench", model, "--batch", "0").fails(2, "--batch");
    Bnfold.run("bench", model, "--seconds", "0").fails(2, "--seconds");
    Bnfold.run("bench", folder.resolve("none.fb")).fails(2, "no such file");
  }
}
