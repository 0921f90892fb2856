package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @TempDir Path folder;

  @Test
  void it_says_what_would_go_what_stays_and_what_the_network_is_made_of() throws IOException {
    Path model = Bnfold.model(folder);
    Bnfold run = Bnfold.run("inspect", model).succeeds();
    assertThat(run.out())
        .contains("9 of 9 batch normalizations can be removed, 0 kept")
        .contains("image [?, 1, 16, 16] FLOAT")
        .contains("9 batchnorm")
        .contains("norm_stem")
        .contains("probabilities");
    assertThat(Files.readAllBytes(model)).isEqualTo(Bnfold.bytes());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(model);
    }
  }

  @Test
  void json_is_the_report_and_nothing_else() throws IOException {
    Bnfold run = Bnfold.run("inspect", Bnfold.model(folder), "--json").succeeds();
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(report.get("applied").asBoolean()).isFalse();
    assertThat(report.get("removed")).hasSize(9);
  }

  @Test
  void the_objective_decides_what_would_go() throws IOException {
    Path model = Bnfold.model(folder);
    System.setProperty(CostFolder.PROPERTY, folder.resolve("cache").toString());
    try {
      assertThat(Bnfold.run("inspect", model, "--objective", "FASTEST").succeeds().out())
          .containsPattern("\\d of 9 batch normalizations can be removed");
      assertThat(folder.resolve("cache")).isNotEmptyDirectory();
    } finally {
      System.clearProperty(CostFolder.PROPERTY);
    }
    assertThat(Bnfold.run("inspect", model, "--objective", "no-new-operators").succeeds().out())
        .contains("7 of 9 batch normalizations can be removed, 2 kept");
    Bnfold.run("inspect", model, "--objective", "fastest", "--weights-only")
        .fails(2, "--weights-only means --objective no-new-operators");
  }

  @Test
  void keeping_an_unknown_batch_normalization_names_those_that_exist() throws IOException {
    Bnfold.run("inspect", Bnfold.model(folder), "--keep", "x").fails(2, "'x'", "norm_last");
  }

  @Test
  void verbose_shows_where_a_failure_came_from() {
    Bnfold run = Bnfold.run("inspect", "--verbose", folder);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("bnfold: ").contains("\tat ");
  }
}
