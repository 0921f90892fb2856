package io.github.dl4jbnfold.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class MainTest {
  @TempDir Path folder;

  /** The command in a process of its own; the exit code, standard output and standard error. */
  private Bnfold process(List<String> javaOptions, String... arguments) throws Exception {
    return process(folder.resolve("out"), javaOptions, arguments);
  }

  private Bnfold process(Path out, List<String> javaOptions, String... arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(javaOptions);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(Main.class.getName());
    line.addAll(List.of(arguments));
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int code = process.waitFor();
    return new Bnfold(
        code, Files.isRegularFile(out) ? Files.readString(out) : "", Files.readString(err));
  }

  @Test
  void help_does_not_wait_for_nd4j() throws Exception {
    Bnfold run = process(List.of("-Xlog:class+load=info:stdout"), "fold", "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: bnfold fold").doesNotContain("org.nd4j");
  }

  @Test
  void a_cell_of_a_notebook_that_ends_the_process_is_a_failure() throws Exception {
    Path notebook =
        Files.writeString(
            folder.resolve("exits.ipynb"),
            """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
              {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null, "outputs": [],
               "source": ["System.exit(0);"]}]}
            """);

    Bnfold run = process(List.of(), "notebook", "run", notebook.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("exits.ipynb, code cell 1: it ended the process.")
        .hasLineCount(1);
  }

  @Test
  void a_full_standard_output_is_a_failure() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");

    Bnfold run = process(full, List.of(), "costs", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("Standard output cannot be written").hasLineCount(1);
  }

  @Test
  void standard_output_holds_the_report_only_even_where_native_code_prints() throws Exception {
    // The first sizes that are tried for the free axis do not fit, and native code says so.
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, -1);
    graph.nn.linear("dense", x, graph.var("w", Nd4j.rand(64, 3)), graph.var("b", Nd4j.rand(3)));
    Path model = folder.resolve("model.fb");
    graph.save(model.toFile(), false);

    Bnfold run = process(List.of(), "inspect", model.toString(), "--json");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(new ObjectMapper().readTree(run.out()).get("batchNorms").asInt()).isZero();
    assertThat(run.out()).startsWith("{").endsWith("}\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void help_and_version_go_to_standard_output() {
    assertThat(Bnfold.run("--help").succeeds().out())
        .contains("fold")
        .contains("inspect")
        .contains("demo")
        .contains("Exit codes:");
    assertThat(Bnfold.run("--version").succeeds().out()).startsWith("bnfold ");
    assertThat(Bnfold.run("inspect", "--help").succeeds().out()).contains("MODEL");
  }

  @Test
  void bad_usage_is_one_line_that_points_to_the_help() {
    Bnfold.run("flod").fails(2, "'flod'", "bnfold --help");
    Bnfold.run("fold").fails(2, "MODEL", "bnfold fold --help");
    Bnfold.run("fold", "--frobnicate", "x").fails(2, "--frobnicate", "bnfold fold --help");
    Bnfold.run("fold", "--tolerance", "much", "x").fails(2, "--tolerance", "much");
  }

  @Test
  void the_demonstration_comes_as_data_too() throws Exception {
    JsonNode shown = new ObjectMapper().readTree(Bnfold.run("demo", "--json").succeeds().out());

    assertThat(shown.get("report").get("removed")).hasSize(9);
    assertThat(shown.get("predictions").get("changed").asInt()).isZero();
    assertThat(shown.get("times")).hasSize(2);
  }

  @Test
  void without_arguments_the_demonstration_folds_the_network_that_ships_with_the_command() {
    Bnfold run = Bnfold.run().succeeds();
    assertThat(run.out())
        .contains("9 of 9 batch normalizations removed, 0 kept")
        .contains("1,000 predictions are the same (0 changed, 0 ties within rounding)")
        .containsPattern("accuracy 9\\d\\.\\d\\d % before, 9\\d\\.\\d\\d % after")
        .containsPattern("batch of 64: [0-9.]+ ms before, [0-9.]+ ms after")
        .containsPattern("\\d+ thread");
  }
}
