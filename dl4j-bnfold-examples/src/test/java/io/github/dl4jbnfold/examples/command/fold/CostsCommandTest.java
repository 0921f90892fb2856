package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostsCommandTest {
  private static final String TABLE =
      """
      {"format": 1,
       "machine": {"backend": "CpuBackend", "version": "1.0", "threads": 1, "processor": "abacus"},
       "seconds": {
         "relu FLOAT [1,64,56,56]": 4.25e-5,
         "conv2d FLOAT [1,3,8,8] [1,1,3,4] | 1 1 1 1 0 0": 0.0123456}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void useAFolderOfItsOwn() {
    System.setProperty(CostFolder.PROPERTY, folder.toString());
  }

  @AfterEach
  void useTheUsualFolder() {
    System.clearProperty(CostFolder.PROPERTY);
  }

  private Path table(String name) throws IOException {
    return Files.writeString(folder.resolve(name), TABLE);
  }

  @Test
  void it_says_where_the_tables_lie_and_what_each_operator_costs() throws IOException {
    Path first = table("costs-a.json");
    Path second = table("costs-b.json");
    table("other.json");
    assertThat(Bnfold.run("costs").succeeds().out())
        .contains(first.toString(), second.toString())
        .doesNotContain("other.json")
        .contains("measured on CpuBackend 1.0, 1 thread, abacus")
        .contains("        42.5  relu FLOAT [1,64,56,56]\n")
        .contains("    12,345.6  conv2d FLOAT [1,3,8,8] [1,1,3,4] | 1 1 1 1 0 0\n");
  }

  @Test
  void without_a_table_it_says_so_and_how_one_comes_to_be() {
    assertThat(Bnfold.run("costs").succeeds().out())
        .contains("no table of costs at " + folder)
        .contains("--objective fastest");
    assertThat(Bnfold.run("costs", "--file", folder.resolve("x.json")).succeeds().out())
        .contains("no table of costs at " + folder.resolve("x.json"));
    assertThat(Bnfold.run("costs", "--clear").succeeds().out()).contains("There was no table");
  }

  @Test
  void json_is_the_tables_and_nothing_else() throws IOException {
    Path file = table("elsewhere.json");
    JsonNode root =
        new ObjectMapper().readTree(Bnfold.run("costs", "--json", "--file", file).succeeds().out());
    JsonNode table = root.get("tables").get(0);
    assertThat(root.get("tables")).hasSize(1);
    assertThat(table.get("file").asText()).isEqualTo(file.toString());
    assertThat(table.get("machine").get("threads").asInt()).isEqualTo(1);
    assertThat(table.get("costs")).hasSize(2);
    JsonNode relu = table.get("costs").get(1);
    assertThat(relu.get("operator").asText()).isEqualTo("relu");
    assertThat(relu.get("inputs").toString()).isEqualTo("[[1,64,56,56]]");
    assertThat(relu.get("microseconds").asDouble()).isEqualTo(42.5);
  }

  @Test
  void clearing_deletes_the_tables_even_broken_ones_and_nothing_else() throws IOException {
    Path whole = table("costs-a.json");
    Path broken = Files.writeString(folder.resolve("costs-b.json"), "{");
    Path other = table("other.json");
    assertThat(Bnfold.run("costs").succeeds().out()).contains("the next measurement replaces it");
    assertThat(Bnfold.run("costs", "--clear").succeeds().out())
        .contains("deleted " + whole, "deleted " + broken);
    assertThat(whole).doesNotExist();
    assertThat(broken).doesNotExist();
    assertThat(other).exists();

    Bnfold run = Bnfold.run("costs", "--clear", "--json", "--file", other).succeeds();
    assertThat(new ObjectMapper().readTree(run.out()).get("deleted")).hasSize(1);
    assertThat(other).doesNotExist();
  }

  @Test
  void a_file_of_another_kind_is_neither_shown_nor_deleted() throws IOException {
    Path model = Bnfold.model(folder);
    Bnfold.run("costs", "--file", model).fails(2, model, "no table of costs");
    Bnfold.run("costs", "--clear", "--file", model).fails(2, model);
    Bnfold.run("costs", "--file", folder).fails(2, folder);
    assertThat(Files.readAllBytes(model)).isEqualTo(Bnfold.bytes());
  }
}
