package io.github.dl4jbnfold.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.training.GatedNetworks;
import io.github.dl4jbnfold.file.NetworkFile;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The program, as spark-submit calls it. */
@ExtendWith(LocalSpark.class)
class LayerFoldingOnSparkTest {
  @TempDir Path folder;

  private Path data;
  private Path model;
  private Path folded;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void files() throws IOException {
    folded = folder.resolve("folded.zip");
    model = folder.resolve("model.zip");
    GatedNetworks.plainLayers(new Adam(0.005)).save(model.toFile(), true);
    data = Files.createDirectory(folder.resolve("data"));
    List<DataSet> batches = GatedNetworks.batches(6, 1);
    for (int i = 0; i < batches.size(); i++) {
      batches.get(i).save(data.resolve("batch-" + i).toFile());
    }
  }

  private int run(Object... arguments) {
    String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    return LayerFoldingOnSpark.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
  }

  private int fold(Object... more) {
    return run(
        Stream.concat(
                Stream.of(
                    folded,
                    "--model",
                    model,
                    "--data",
                    data,
                    "--epochs",
                    1,
                    "--fine-tuning",
                    1,
                    "--averaging",
                    2),
                Stream.of(more))
            .toArray());
  }

  @Test
  void a_network_of_layers_goes_from_its_file_to_a_file_of_fewer_layers() throws IOException {
    assertThat(fold("--threshold", 0, "--test", data)).as(err.toString()).isZero();

    MultiLayerNetwork network = (MultiLayerNetwork) NetworkFile.read(folded).network();
    assertThat(network.getnLayers()).isEqualTo(1);
    assertThat(out.toString()).contains("4 layers", "layer0-gate", "merged: 1 layers", "accuracy");
  }

  @Test
  void so_does_a_graph() throws IOException {
    GatedNetworks.plainGraph(new Adam(0.005)).save(model.toFile(), true);

    assertThat(fold("--rate", 0.001)).as(err.toString()).isZero();

    ComputationGraph network = (ComputationGraph) NetworkFile.read(folded).network();
    assertThat(network.getNumLayers()).isEqualTo(4);
    assertThat(out.toString()).contains("relu ", "written to").doesNotContain("accuracy");
  }

  private void assertFails(int code, String message) {
    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).isEqualTo(message + System.lineSeparator());
    assertThat(folded).doesNotExist();
  }

  @Test
  void data_that_are_not_there_are_named() {
    String nowhere = folder.resolve("nowhere").toString();
    assertFails(
        run(folded, "--model", model, "--data", nowhere),
        nowhere + ": there is no such directory. Check the path.");
  }

  @Test
  void an_empty_directory_is_named() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(
        run(folded, "--model", model, "--data", empty),
        empty + ": there are no files in it. Save DataSets there.");
  }

  @Test
  void a_file_that_is_no_DataSet_is_named() throws IOException {
    Path other = Files.writeString(data.resolve("a-note"), "Batches of 16 points.");
    assertFails(fold(), "file:" + other + ": this is no DataSet. Maybe move it elsewhere.");
  }

  @Test
  void data_of_another_network_are_told_by_their_shape() throws IOException {
    Path others = Files.createDirectory(folder.resolve("others"));
    File file = others.resolve("batch").toFile();
    new DataSet(Nd4j.rand(DataType.FLOAT, 16, 7), Nd4j.rand(DataType.FLOAT, 16, 3)).save(file);
    assertFails(
        run(folded, "--model", model, "--data", others),
        "The network does not take inputs of shape [16, 7], as the data are. Maybe they are of"
            + " another network.");
    err.getBuffer().setLength(0);
    new DataSet(Nd4j.rand(DataType.FLOAT, 16, 5), Nd4j.rand(DataType.FLOAT, 16, 2)).save(file);
    assertFails(
        run(folded, "--model", model, "--data", others),
        "The labels of the data have the shape [16, 2], and the outputs of the network have [16,"
            + " 3].");
  }

  @Test
  void a_model_that_cannot_be_read_is_named_before_Spark_starts() throws IOException {
    Path nothing = folder.resolve("nothing.zip");
    assertFails(
        run(folded, "--model", nothing, "--data", data),
        nothing + ": there is no such file. Check the path.");
    err.getBuffer().setLength(0);
    Files.writeString(nothing, "nothing");
    assertFails(
        run(folded, "--model", nothing, "--data", data),
        nothing
            + ": DL4J does not read it as a network. Maybe write it again with ModelSerializer.");
  }

  @Test
  void a_place_that_is_taken_or_does_not_exist_is_named() throws IOException {
    Path lost = folder.resolve("lost").resolve("folded.zip");
    assertFails(
        run(lost, "--model", model, "--data", data),
        lost + ": there is no directory '" + lost.getParent() + "'. Make it first.");
    err.getBuffer().setLength(0);
    assertThat(run(model, "--model", model, "--data", data)).isEqualTo(1);
    assertThat(err.toString()).startsWith(model + ": it exists already.");
  }

  @Test
  void bad_usage_is_told() {
    assertThat(run(folded, "--model", model)).isEqualTo(2);
    assertThat(run(folded, "--threshold", 2)).isEqualTo(2);
    assertThat(run(folded, "--epochs", "many")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString())
        .contains("--model needs --data", "--threshold is between 0 and 1", "many", "OUT");
  }
}
