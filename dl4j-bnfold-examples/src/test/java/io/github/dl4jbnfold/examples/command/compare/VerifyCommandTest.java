package io.github.dl4jbnfold.examples.command.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class VerifyCommandTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = Bnfold.model(folder);
  }

  @Test
  void a_network_and_its_fold_are_the_same_function() {
    Bnfold.run("fold", model).succeeds();

    Bnfold run = Bnfold.run("verify", model, folder.resolve("model-folded.fb")).succeeds();

    assertThat(run.out()).contains("the same function", "probabilities", "0 of 32 predictions");
  }

  @Test
  void what_was_folded_away_is_no_parting_but_what_was_changed_is() throws IOException {
    Bnfold.run("fold", model).succeeds();
    Path changed = folder.resolve("model-folded.fb");
    change(changed, "block_c_conv2");

    Bnfold run = Bnfold.run("verify", model, changed, "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("are not the same function").hasLineCount(1);
    JsonNode result = new ObjectMapper().readTree(run.out());
    assertThat(result.get("same").asBoolean()).isFalse();
    assertThat(result.get("partsAt").get("name").asText()).isEqualTo("block_c_conv2");
    assertThat(result.get("partsAt").get("lastEqual").asText()).startsWith("block_c");
    assertThat(result.get("outputs").get(0).get("largestError").asDouble()).isGreaterThan(1e-4);
  }

  /** Shuffles the channels of what an operator reads as weights. */
  private static void change(Path file, String operator) {
    SameDiff graph = SameDiff.load(file.toFile(), false);
    for (SDVariable variable : graph.variables()) {
      INDArray array = variable.getArr();
      if (variable.name().startsWith(operator) && array != null && array.rank() == 4) {
        INDArray turned = array.dup();
        for (int i = 0; i < array.size(2); i++) {
          turned
              .tensorAlongDimension(i, 0, 1, 3)
              .assign(array.tensorAlongDimension((int) ((i + 1) % array.size(2)), 0, 1, 3));
        }
        variable.setArray(turned);
      }
    }
    graph.save(file.toFile(), false);
  }

  @Test
  void a_smaller_tolerance_tells_the_same_networks_apart() {
    Bnfold.run("fold", model).succeeds();
    Path folded = folder.resolve("model-folded.fb");

    assertThat(Bnfold.run("verify", model, folded, "--output", "logits").exitCode()).isZero();
    Bnfold run = Bnfold.run("verify", model, folded, "--output", "logits", "--tolerance", "0");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("not the same function");
  }

  private MultiLayerNetwork dense(DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .list()
                .layer(new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.feedForward(3))
                .build());
    network.init();
    network.params().addi(Nd4j.rand(type, network.params().shape()));
    return network;
  }

  private Path written(MultiLayerNetwork network, String name) throws IOException {
    Path file = folder.resolve(name);
    ModelSerializer.writeModel(network, file.toFile(), false);
    return file;
  }

  @Test
  void a_normalizer_in_the_file_counts() throws IOException {
    Path normalized = written(dense(DataType.FLOAT), "normalized.zip");
    ModelSerializer.addNormalizerToModel(
        normalized.toFile(),
        new NormalizerStandardize(
            Nd4j.createFromArray(new float[][] {{30, -10, 2}}),
            Nd4j.createFromArray(new float[][] {{9, 5, 7}})));
    Path folded = folder.resolve("folded.zip");
    Bnfold.run("fold", normalized, "--fold-normalizer", "-o", folded).succeeds();

    Bnfold.run("verify", normalized, folded).succeeds();
    Bnfold.run("verify", folded, normalized).succeeds();

    Path without = written(dense(DataType.FLOAT), "without.zip");
    assertThat(Bnfold.run("verify", normalized, without).exitCode()).isEqualTo(1);
  }

  @Test
  void a_normalizer_of_pixels_sees_pixels() throws IOException {
    Path model = written(dense(DataType.FLOAT), "model.zip");
    ModelSerializer.addNormalizerToModel(model.toFile(), new ImagePreProcessingScaler(-1, 1));
    Path other = written(dense(DataType.FLOAT), "other.zip");
    ModelSerializer.addNormalizerToModel(other.toFile(), new ImagePreProcessingScaler(0, 1));

    assertThat(Bnfold.run("verify", model, other).exitCode()).isEqualTo(1);
    Bnfold.run("verify", model, model).succeeds();
  }

  @Test
  void networks_of_different_types_are_compared_as_the_narrower_one_allows() throws IOException {
    MultiLayerNetwork wide = dense(DataType.DOUBLE);
    Path narrow = written(wide.convertDataType(DataType.FLOAT), "narrow.zip");

    Bnfold run = Bnfold.run("verify", written(wide, "wide.zip"), narrow).succeeds();

    assertThat(run.out()).contains("1e-04 counts as the same");
  }

  @Test
  void networks_that_cannot_be_compared_are_refused() throws IOException {
    Path dense = written(dense(DataType.FLOAT), "dense.zip");

    Bnfold.run("verify", model, dense).fails(1, model, dense, "cannot be compared");
  }

  private Path saved(SameDiff graph, String name) {
    Path file = folder.resolve(name);
    graph.save(file.toFile(), false);
    return file;
  }

  private Path table(String name, INDArray table) {
    SameDiff graph = SameDiff.create();
    SDVariable index = graph.placeHolder("index", DataType.INT32, -1);
    graph.gather("row", graph.constant("table", table), index, 0);
    return saved(graph, name);
  }

  @Test
  void whole_numbers_pick_from_the_whole_table() {
    INDArray rows = Nd4j.rand(50, 3);
    INDArray others = rows.dup();
    others.get(NDArrayIndex.interval(2, 50), NDArrayIndex.all()).addi(1);

    Path table = table("table.fb", rows);

    Bnfold.run("verify", table, table("same.fb", rows)).succeeds();
    assertThat(Bnfold.run("verify", table, table("other.fb", others)).exitCode()).isEqualTo(1);
  }

  private Path bounded(String name, double bound) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
    graph.math.min("y", x, graph.constant("bound", Nd4j.scalar((float) bound)));
    return saved(graph, name);
  }

  @Test
  void inputs_are_large_enough_to_reach_a_bound() {
    assertThat(Bnfold.run("verify", bounded("6.fb", 6), bounded("none.fb", 1e9)).exitCode())
        .isEqualTo(1);
  }

  private Path scaled(String name, double factor, boolean probabilities) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable scaled = x.mul(probabilities ? "logits" : "y", factor);
    if (probabilities) {
      graph.nn.softmax("y", scaled, 1);
    }
    return saved(graph, name);
  }

  @Test
  void probabilities_that_are_nearly_certain_are_told_apart_by_their_logarithms() {
    Path model = scaled("20.fb", 20, true);

    assertThat(Bnfold.run("verify", model, scaled("21.fb", 21, true)).out())
        .contains("not the same function");
    Bnfold.run("verify", model, scaled("20-too.fb", 20, true)).succeeds();
  }

  @Test
  void of_outputs_that_tell_nothing_nothing_is_claimed() {
    Bnfold certain = Bnfold.run("verify", scaled("a.fb", 1e6, true), scaled("b.fb", 3e6, true));
    Bnfold none =
        Bnfold.run("verify", scaled("c.fb", Double.NaN, false), scaled("d.fb", Double.NaN, false));
    Bnfold zeros = Bnfold.run("verify", scaled("e.fb", 0, false), scaled("f.fb", 0, false));

    for (Bnfold run : List.of(certain, none, zeros)) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).contains("maybe the same function", "nothing can be told");
      assertThat(run.err()).contains("cannot be told").hasLineCount(1);
    }
  }

  private Path shifted(String name, long by) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.INT64, -1);
    x.add("y", graph.constant("by", Nd4j.scalar(by)));
    return saved(graph, name);
  }

  @Test
  void whole_numbers_are_the_same_or_they_are_not() {
    Path model = shifted("a.fb", 1_000_000);

    Bnfold.run("verify", model, shifted("b.fb", 1_000_000)).succeeds();
    assertThat(Bnfold.run("verify", model, shifted("c.fb", 1_000_001)).exitCode()).isEqualTo(1);
  }

  @Test
  void a_normalizer_that_cannot_be_applied_is_no_reason_to_go_on_without() throws IOException {
    Path broken = written(dense(DataType.FLOAT), "broken.zip");
    try (FileSystem zip = FileSystems.newFileSystem(broken)) {
      Files.write(zip.getPath("normalizer.bin"), new byte[] {1, 2, 3});
    }
    Path other = written(dense(DataType.FLOAT), "other.zip");

    Bnfold.run("verify", other, broken).fails(2, broken, "normalizer");
  }

  @Test
  void bad_usage_is_told() throws IOException {
    Bnfold.run("verify", model).fails(2, "OTHER");
    Bnfold.run("verify", model, folder.resolve("none.fb")).fails(2, "none.fb", "no such file");
    Bnfold.run("verify", model, model, "--examples", "0").fails(2, "--examples");
    Bnfold.run("verify", model, model, "--tolerance", "-1").fails(2, "--tolerance");
    Bnfold.run("verify", model, model, "--output", "logit").fails(2, "'logit'", "probabilities");
    Path text = Files.writeString(folder.resolve("text.fb"), "no graph");
    Bnfold.run("verify", model, text).fails(2, text, "not a SameDiff graph");
  }
}
