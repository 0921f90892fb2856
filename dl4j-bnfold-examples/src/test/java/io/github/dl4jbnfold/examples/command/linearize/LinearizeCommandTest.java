package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** {@code bnfold linearize} on networks of layers, as a user runs it. */
class LinearizeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private LinearizeFiles files;

  @BeforeEach
  void here() {
    files = new LinearizeFiles(folder);
  }

  /** Rows of the classes that a network takes them for. */
  private Path predictedRows(Path model) throws IOException {
    MultiLayerNetwork network = MultiLayerNetwork.load(model.toFile(), false);
    INDArray x = Nd4j.randn(DataType.FLOAT, 200, 4).muli(4);
    return files.rows(x, network.predict(x));
  }

  @Test
  void a_budget_makes_a_network_shallower() throws Exception {
    Path out = folder.resolve("out.zip");
    Path report = folder.resolve("report.json");
    Bnfold.run(
            "linearize",
            files.layers(),
            "--data",
            files.rows(200),
            "--unit",
            "multiplications",
            "--budget",
            "0.7",
            "--steps",
            "6",
            "--batch",
            "16",
            "-o",
            out,
            "--report",
            report,
            "--html",
            folder.resolve("page.html"))
        .succeeds();
    MultiLayerNetwork shallow = MultiLayerNetwork.load(out.toFile(), true);
    assertThat(LayerFolding.depth(shallow)).isLessThan(3);
    assertThat(folder.resolve("out.zip.run")).doesNotExist();
    JsonNode json = JSON.readTree(report.toFile());
    assertThat(json.at("/conversion/depthBefore").asInt()).isEqualTo(3);
    assertThat(json.at("/conversion/merged/0/layers")).hasSizeGreaterThan(1);
    assertThat(json.at("/accuracy/afterFineTuning").asDouble()).isBetween(0.0, 1.0);
    assertThat(json.at("/history")).isNotEmpty();
    assertThat(json.at("/frontier/0/cost").asDouble()).isBetween(0.0, 0.7);
    Document page = Jsoup.parse(Files.readString(folder.resolve("page.html")));
    assertThat(page.select("section").eachAttr("id"))
        .contains("counts", "network", "scores", "frontier", "merged");
  }

  @Test
  void gates_are_trained_where_a_lambda_is_given() throws Exception {
    Path out = folder.resolve("out.zip");
    Bnfold run =
        Bnfold.run(
                "linearize",
                files.layers(),
                "--data",
                files.rows(200),
                "--lambda",
                "50",
                "--pre",
                "40",
                "--steps",
                "4",
                "--batch",
                "16",
                "--learning-rate",
                "0.01",
                "-o",
                out,
                "--unit",
                "depth")
            .succeeds();
    assertThat(run.out()).contains("activations linear", "accuracy", "written to " + out);
    assertThat(out).exists();
  }

  @Test
  void images_in_directories_of_their_classes() throws Exception {
    Path out = folder.resolve("out.zip");
    Bnfold run =
        Bnfold.run(
                "linearize",
                files.graph(),
                "--data",
                files.images(),
                "--unit",
                "depth",
                "--budget",
                "0.8",
                "--steps",
                "2",
                "--batch",
                "8",
                "--mean",
                "0.5,0.5,0.5",
                "--end-point",
                "least-squares",
                "-o",
                out)
            .succeeds();
    ComputationGraph shallow = ComputationGraph.load(out.toFile(), true);
    assertThat(LayerFolding.depth(shallow)).as(run.out()).isEqualTo(3);
  }

  @Test
  void a_dry_run_needs_no_data_and_writes_nothing() throws Exception {
    Path model = files.graph();
    Bnfold run =
        Bnfold.run("linearize", model, "--dry-run", "--unit", "depth", "--json").succeeds();
    JsonNode pieces = JSON.readTree(run.out()).get("pieces");
    assertThat(pieces).isNotEmpty();
    assertThat(pieces.get(0).get("worthIt").asBoolean()).isTrue();
    assertThat(Bnfold.run("linearize", model, "--dry-run").succeeds().out()).contains(" ms");
    assertThat(folder.toFile().list()).containsExactly("graph.zip");
  }

  @Test
  void too_much_accuracy_lost_writes_nothing_and_keeps_the_run() throws Exception {
    Path out = folder.resolve("out.zip");
    Path model = files.layers();
    Object[] command = {
      "linearize",
      model,
      "--data",
      predictedRows(model),
      "--unit",
      "multiplications",
      "--budget",
      "0.2",
      "--max-accuracy-loss",
      "0",
      "--steps",
      "0",
      "-o",
      out
    };
    Bnfold failed = Bnfold.run(command);
    failed.fails(1, "points of accuracy", "was not written");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("out.zip.run/choice.json")).exists();
  }

  @Test
  void a_run_goes_on_with_its_own_choice_only() throws Exception {
    Path out = folder.resolve("out.zip");
    Path checkpoints = folder.resolve("run");
    Path model = files.layers();
    Path rows = files.rows(200);
    Object[] first = {
      "linearize",
      model,
      "--data",
      rows,
      "--unit",
      "multiplications",
      "--budget",
      "0.7",
      "--steps",
      "3",
      "-o",
      out,
      "--checkpoints",
      checkpoints
    };
    Bnfold.run(first).succeeds();
    assertThat(checkpoints).isNotEmptyDirectory();
    byte[] network = Files.readAllBytes(out);
    Files.delete(out);
    Bnfold.run(first).succeeds();
    assertThat(MultiLayerNetwork.load(out.toFile(), false).params())
        .isEqualTo(load(network).params());

    Object[] other = first.clone();
    other[7] = "0.704";
    other[11] = folder.resolve("other.zip");
    Bnfold.run(other).fails(1, checkpoints, "another --budget (0.7, now 0.704)", "--restart");
    other[7] = "0.7";
    other[3] = files.rows(150);
    Bnfold.run(other).fails(1, checkpoints, "another --data");
    other[3] = files.rows(200);
    other[1] = files.graph();
    Bnfold.run(other).fails(1);
  }

  @Test
  void a_run_that_had_only_chosen_is_not_taken_for_one_of_another_model() throws Exception {
    Path checkpoints = folder.resolve("run");
    Path model = files.layers();
    Object[] command = {
      "linearize",
      model,
      "--data",
      files.rows(200),
      "--unit",
      "multiplications",
      "--budget",
      "0.7",
      "--steps",
      "0",
      "-o",
      folder.resolve("out.zip"),
      "--checkpoints",
      checkpoints
    };
    Bnfold.run(command).succeeds();
    for (File file : checkpoints.toFile().listFiles((d, name) -> name.endsWith(".zip"))) {
      Files.delete(file.toPath());
    }
    MultiLayerNetwork other = MultiLayerNetwork.load(model.toFile(), true);
    other.getLayer(0).getParam("W").muli(2);
    other.save(model.toFile(), true);
    command[11] = folder.resolve("other.zip");
    Bnfold.run(command).fails(1, checkpoints, "another model");
  }

  private MultiLayerNetwork load(byte[] network) throws IOException {
    Path file = Files.write(folder.resolve("first.zip"), network);
    return MultiLayerNetwork.load(file.toFile(), false);
  }

  @Test
  void a_network_that_reads_channels_last_gets_them_last() throws Exception {
    Path out = folder.resolve("out.zip");
    Bnfold.run(
            "linearize",
            files.channelsLast(),
            "--data",
            files.images(),
            "--unit",
            "depth",
            "--budget",
            "0.7",
            "--steps",
            "1",
            "--batch",
            "8",
            "-o",
            out)
        .succeeds();
    assertThat(LayerFolding.depth(ComputationGraph.load(out.toFile(), true))).isEqualTo(2);
  }

  @Test
  void one_sigmoid_tells_two_classes_apart() throws Exception {
    Path model = files.layers("binary.zip", 1, Activation.SIGMOID, LossFunction.XENT);
    Path out = folder.resolve("out.zip");
    Path report = folder.resolve("report.json");
    Bnfold.run(
            "linearize",
            model,
            "--data",
            files.rows(200, 2),
            "--unit",
            "depth",
            "--budget",
            "0.7",
            "--steps",
            "60",
            "--batch",
            "16",
            "--learning-rate",
            "0.05",
            "-o",
            out,
            "--report",
            report)
        .succeeds();
    assertThat(LayerFolding.depth(MultiLayerNetwork.load(out.toFile(), false))).isEqualTo(2);
    JsonNode accuracy = JSON.readTree(report.toFile()).get("accuracy");
    assertThat(accuracy.get("afterFineTuning").asDouble()).isGreaterThan(0.8);
  }
}
