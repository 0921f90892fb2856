package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.command.model.KerasModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

class ReportCommandTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = Bnfold.model(folder);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void files(String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
    assertThat(Files.readAllBytes(model)).isEqualTo(Bnfold.bytes());
  }

  @Test
  void it_writes_a_page_and_drawings_and_no_network() throws IOException {
    Bnfold run =
        Bnfold.run(
                "report",
                model,
                "--html",
                file("p.html"),
                "--svg",
                file("p.svg"),
                "--dot",
                file("p.dot"),
                "--mermaid",
                file("p.mmd"))
            .succeeds();
    assertThat(run.out())
        .contains("9 of 9 batch normalizations removed, 0 kept")
        .contains("written to " + file("p.html"), "written to " + file("p.mmd"));
    files("model.fb", "p.html", "p.svg", "p.dot", "p.mmd");
    Document page = Jsoup.parse(file("p.html").toFile());
    assertThat(page.title()).isEqualTo("model.fb");
    assertThat(page.select("#a .node.is-removed")).hasSize(9);
    assertThat(page.select("#time")).isNotEmpty();
    assertThat(file("p.svg")).content().contains("<svg", "norm_stem", "Before", "After");
    assertThat(file("p.dot")).content().startsWith("digraph");
    assertThat(file("p.mmd")).content().contains("flowchart TD", "norm_stem");
  }

  @Test
  void what_stays_is_in_the_drawing_with_its_reason() {
    Bnfold.run("report", model, "--weights-only", "--svg", file("p.svg")).succeeds();
    assertThat(file("p.svg")).content().contains("is-kept", "Reason: SHIFT_CONFLICT.");
  }

  @Test
  void json_on_standard_output_is_all_that_is_there() throws IOException {
    Bnfold run =
        Bnfold.run("report", model, "--json", "--no-times", "--html", file("p.html")).succeeds();
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(report.get("removed")).hasSize(9);
    assertThat(Jsoup.parse(file("p.html").toFile()).select("#time")).isEmpty();
  }

  @Test
  void a_keras_model_and_a_network_of_layers_have_pages_too() throws IOException {
    for (Path keras :
        new Path[] {
          KerasModels.sequential(file("s.h5"), true), KerasModels.functional(file("f.h5"))
        }) {
      Path html = file(keras.getFileName() + ".html");
      Bnfold.run("report", keras, "--html", html).succeeds();
      Document page = Jsoup.parse(html.toFile());
      assertThat(page.select("#a .node.is-removed")).hasSize(1);
      assertThat(page.select("#counts").text()).contains("Layers");
      assertThat(page.select("#time tbody").text()).contains("Convolution", "BatchNorm");
      Bnfold.run("fold", keras, "-o", file("folded.zip"), "--overwrite").succeeds();
      Bnfold.run("report", file("folded.zip"), "--no-times", "--html", html, "--overwrite")
          .succeeds();
      assertThat(Jsoup.parse(html.toFile()).select(".lead").text())
          .contains("no batch normalization");
    }
  }

  @Test
  void as_few_layers_as_possible_are_drawn_on_demand() throws IOException {
    Bnfold.run("report", model, "--svg", file("all.svg"), "--all-layers").succeeds();
    Bnfold.run("report", model, "--svg", file("few.svg"), "--no-all-layers").succeeds();
    assertThat(Files.size(file("few.svg"))).isLessThan(Files.size(file("all.svg")) / 2);
  }

  @Test
  void without_a_file_to_write_it_is_bad_usage() throws IOException {
    Bnfold.run("report", model).fails(2, "--html, --svg, --dot and --mermaid");
    files("model.fb");
  }

  @Test
  void a_file_that_exists_is_replaced_on_demand_only() throws IOException {
    Path html = Files.writeString(file("p.html"), "mine");
    Bnfold.run("report", model, "--dot", file("p.dot"), "--html", html)
        .fails(1, html, "--overwrite");
    assertThat(html).content().isEqualTo("mine");
    files("model.fb", "p.html");
    Bnfold.run("report", model, "--no-times", "--html", html, "--overwrite").succeeds();
    assertThat(html).content().startsWith("<!DOCTYPE html>");
  }

  @Test
  void the_model_and_one_file_twice_are_no_places_to_write_to() throws IOException {
    Bnfold.run("report", model, "--svg", model, "--overwrite").fails(2, model, "the model itself");
    Bnfold.run("report", model, "--svg", file("p"), "--dot", file("p"))
        .fails(2, file("p"), "its own");
    Bnfold.run("report", model, "--svg", file("none").resolve("p.svg"))
        .fails(1, "there is no directory");
    files("model.fb");
  }

  @Test
  void something_else_than_a_model_is_said_in_one_sentence() throws IOException {
    Path text = Files.writeString(file("text.fb"), "no model");
    Bnfold.run("report", text, "--svg", file("p.svg")).fails(2, text, "not a SameDiff graph");
    Bnfold.run("report", file("none.fb"), "--svg", file("p.svg")).fails(2, "no such file");
    Bnfold.run("report", model, "--keep", "x", "--svg", file("p.svg")).fails(2, "'x'", "norm_last");
    files("model.fb", "text.fb");
  }

  @Test
  void a_fold_writes_its_page_beside_the_network() throws IOException {
    Bnfold.run("fold", model, "--html", file("p.html"), "--no-times", "--report", file("r.json"))
        .succeeds();
    files("model.fb", "model-folded.fb", "p.html", "r.json");
    assertThat(Jsoup.parse(file("p.html").toFile()).select("#a .node.is-removed")).hasSize(9);
    Bnfold.run("fold", model, "-o", file("other.fb"), "--html", file("p.html"))
        .fails(1, file("p.html"), "--overwrite");
    Bnfold.run("fold", model, "-o", file("x"), "--html", file("x")).fails(2, file("x"));
    Bnfold.run("fold", model, "-o", file("x"), "--html", file("y.md"), "--report", file("y.md"))
        .fails(2, file("y.md"));
    files("model.fb", "model-folded.fb", "p.html", "r.json");
  }

  @Test
  void a_normalizer_that_is_folded_leaves_the_check_out_of_the_page() throws IOException {
    MultiLayerNetwork layers =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().nOut(4).activation(Activation.IDENTITY).build())
                .layer(new BatchNormalization())
                .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.feedForward(2))
                .build());
    layers.init();
    Path network = file("network.zip");
    ModelSerializer.writeModel(layers, network.toFile(), false);
    ModelSerializer.addNormalizerToModel(
        network.toFile(),
        new NormalizerStandardize(
            Nd4j.createFromArray(new float[][] {{1.3f, -0.7f}}),
            Nd4j.createFromArray(new float[][] {{0.4f, 1.9f}})));
    Bnfold.run("report", network, "--fold-normalizer", "--no-times", "--html", file("p.html"))
        .succeeds();
    assertThat(Jsoup.parse(file("p.html").toFile()).select("#check")).isEmpty();
  }
}
