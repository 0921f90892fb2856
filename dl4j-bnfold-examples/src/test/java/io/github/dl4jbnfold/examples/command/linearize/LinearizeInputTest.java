package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.Bnfold;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What {@code bnfold linearize} refuses of options, data and networks of layers. */
class LinearizeInputTest {
  @TempDir Path folder;
  private LinearizeFiles files;

  @BeforeEach
  void here() {
    files = new LinearizeFiles(folder);
  }

  @Test
  void a_value_that_is_no_number_is_named_by_row_and_column() throws Exception {
    Path rows = folder.resolve("bad.csv");
    Files.writeString(rows, "1,2,3,4,0\n1,2,many,4,1\n");
    Bnfold.run("linearize", files.layers(), "--data", rows)
        .fails(1, rows, "row 2, column 3", "many");
  }

  @Test
  void rows_of_another_length_than_the_input_are_refused() throws Exception {
    Path rows = folder.resolve("bad.csv");
    Files.writeString(rows, "1,2,0\n".repeat(40));
    Bnfold.run("linearize", files.layers(), "--data", rows).fails(1, rows);
  }

  @Test
  void means_are_one_or_one_for_each_channel() throws Exception {
    Bnfold.run("linearize", files.graph(), "--data", files.images(), "--mean", "0.5,0.5")
        .fails(2, "--mean", "3, one for each channel");
  }

  @Test
  void an_image_that_is_none_is_named() throws Exception {
    Path images = files.images();
    Path broken = images.resolve("dark").resolve("0.png");
    Files.writeString(broken, "no image");
    Bnfold.run(
            "linearize",
            files.graph(),
            "--data",
            images,
            "--unit",
            "depth",
            "--budget",
            "0.8",
            "--steps",
            "20")
        .fails(1, broken);
  }

  @Test
  void options_that_contradict_each_other() throws Exception {
    Path model = files.layers();
    Bnfold.run("linearize", model).fails(2, "--data", "--dry-run");
    Bnfold.run("linearize", model, "--dry-run", "--budget", "2").fails(2, "--budget");
    Bnfold.run("linearize", model, "--dry-run", "--budget", "0.5", "--lambda", "1")
        .fails(2, "--budget", "--lambda");
    Bnfold.run("linearize", model, "--dry-run", "--std", "0").fails(2, "--std");
    Bnfold.run("linearize", model, "--data", folder.resolve("nothing")).fails(1, "nothing");
  }

  @Test
  void outputs_are_named_of_graphs_only() throws Exception {
    Path model = files.layers();
    Bnfold.run("linearize", model, "--dry-run", "--output", "out").fails(2, model, "--output");
  }

  @Test
  void one_number_that_is_no_probability_tells_no_classes_apart() throws Exception {
    Path model = files.layers("number.zip", 1, Activation.IDENTITY, LossFunction.MSE);
    Bnfold.run("linearize", model, "--data", files.rows(60, 2)).fails(1, model, "no sigmoid");
  }

  @Test
  void three_classes_are_too_many_for_one_sigmoid() throws Exception {
    Path model = files.layers("binary.zip", 1, Activation.SIGMOID, LossFunction.XENT);
    Bnfold.run("linearize", model, "--data", files.rows(60)).fails(1, "3 classes", "tells 2 apart");
  }
}
