package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralModelsTest {
  @TempDir Path folder;
  private Path models;
  private Path out;

  @BeforeEach
  void write() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
    out = Files.createDirectory(folder.resolve("out"));
    Files.write(models.resolve("one.fb"), Bnfold.bytes());
    Files.write(models.resolve("two.fb"), Bnfold.bytes());
  }

  @Test
  void a_directory_is_folded_into_another_one_under_the_same_names() throws IOException {
    Bnfold run = Bnfold.run("fold", models, "-o", out).succeeds();

    assertThat(run.out().split("9 of 9 batch normalizations removed", -1)).hasSize(3);
    assertThat(names(out)).containsExactly("one.fb", "two.fb");
    assertThat(names(models)).containsExactly("one.fb", "two.fb");
    assertThat(Bnfold.run("inspect", out.resolve("two.fb")).succeeds().out())
        .contains("There is no batch normalization");
  }

  @Test
  void a_glob_is_inspected_as_a_list_of_reports() throws IOException {
    Bnfold run = Bnfold.run("inspect", models + "/*.fb", "--json").succeeds();

    JsonNode list = new ObjectMapper().readTree(run.out());
    assertThat(list).hasSize(2);
    assertThat(list.get(1).get("model").asText()).endsWith("two.fb");
    assertThat(list.get(1).get("report").get("removed")).hasSize(9);
  }

  @Test
  void one_that_fails_does_not_stop_the_others() throws IOException {
    Path bad = Files.writeString(models.resolve("bad.fb"), "no graph");
    Files.createFile(models.resolve("empty.zip"));

    Bnfold run = Bnfold.run("fold", models, "-o", out, "--json");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(3);
    assertThat(run.err()).contains(bad.toString(), "2 of 4 models failed.");
    JsonNode list = new ObjectMapper().readTree(run.out());
    assertThat(list.get(0).get("error").asText()).contains("bad.fb", "not a SameDiff graph");
    assertThat(names(out)).containsExactly("one.fb", "two.fb");
  }

  @Test
  void a_taken_place_stops_all_before_any_work() throws IOException {
    Path taken = Files.writeString(out.resolve("two.fb"), "mine");

    Bnfold.run("fold", models, "-o", out).fails(1, taken, "--overwrite");

    assertThat(names(out)).containsExactly("two.fb");
    assertThat(taken).content().isEqualTo("mine");
  }

  @Test
  void several_models_need_a_directory_and_no_single_report() throws IOException {
    Bnfold.run("fold", models).fails(2, "Several models", "-o");
    Bnfold.run("fold", models, "-o", folder.resolve("none")).fails(2, "directory that exists");
    Bnfold.run("fold", models, "-o", out, "--report", folder.resolve("r.md")).fails(2, "--json");
    Bnfold.run("report", models, "--html", folder.resolve("r.html")).fails(2, "one MODEL");
    assertThat(names(out)).isEmpty();
  }

  @Test
  void two_models_of_one_name_cannot_go_into_one_directory() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.write(other.resolve("one.fb"), Bnfold.bytes());

    Bnfold.run("fold", models, other, "-o", out).fails(2, "one.fb", "two models");
  }

  @Test
  void models_are_replaced_in_their_own_directory_on_demand_only() {
    Bnfold.run("fold", models, "-o", models).fails(1, "the output is the model itself");

    Bnfold.run("fold", models, "-o", models, "--overwrite").succeeds();

    assertThat(Bnfold.run("inspect", models.resolve("one.fb")).out())
        .contains("There is no batch normalization");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
