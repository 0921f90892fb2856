package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.command.model.GraphModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code bnfold linearize} on SameDiff graphs, as a user runs it. */
class LinearizeGraphTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private LinearizeFiles files;
  private Path out;

  @BeforeEach
  void here() {
    files = new LinearizeFiles(folder);
    out = folder.resolve("out.fb");
  }

  /** A short training of what is chosen by depth. */
  private Bnfold linearize(Path model, Path data, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("linearize", model, "--data", data));
    arguments.addAll(List.of("--unit", "depth", "--batch", "16", "-o", out));
    arguments.addAll(List.of(more));
    return Bnfold.run(arguments.toArray());
  }

  private static INDArray output(SameDiff graph, String name) {
    INDArray in = Nd4j.linspace(DataType.DOUBLE, -1, 0.11, 20).reshape(5, 4);
    return graph.output(Map.of("in", in), name).get(name);
  }

  private JsonNode report() throws IOException {
    return JSON.readTree(folder.resolve("report.json").toFile());
  }

  @Test
  void a_graph_that_says_nothing_of_a_training_is_trained_and_stays_what_it_was() throws Exception {
    SameDiff model = LinearizeGraphs.classes().graph;
    Path file = LinearizeGraphs.classes().save(folder);
    Path report = folder.resolve("report.json");
    linearize(
            file,
            files.rows(300),
            "--budget",
            "0.7",
            "--steps",
            "80",
            "--learning-rate",
            "0.05",
            "--report",
            report)
        .succeeds();

    SameDiff shallow = LinearizeGraphs.load(out);
    assertThat(LayerFolding.depth(shallow)).isEqualTo(2);
    assertThat(LinearizeGraphs.names(shallow, VariableType.PLACEHOLDER)).containsExactly("in");
    assertThat(new GraphModel(shallow, false).results()).containsExactly("probabilities");
    assertThat(shallow.getLossVariables()).isEmpty();
    assertThat(shallow.getTrainingConfig()).isNull();
    assertThat(LinearizeGraphs.names(shallow, VariableType.CONSTANT))
        .isEqualTo(LinearizeGraphs.names(model, VariableType.CONSTANT));
    assertThat(shallow.hasVariable("scores")).isTrue();
    assertThat(output(shallow, "probabilities").shape()).containsExactly(5, 3);
    assertThat(report().at("/accuracy/afterFineTuning").asDouble()).isGreaterThan(0.75);
    assertThat(report().at("/conversion/merged/0/layers")).hasSizeGreaterThan(1);
    assertThat(folder.resolve("out.fb.run")).doesNotExist();
  }

  @Test
  void a_graph_with_a_loss_is_trained_by_it_and_can_be_trained_on() throws Exception {
    Path file = LinearizeGraphs.classes().trained(3).save(folder);
    linearize(file, files.rows(200), "--budget", "0.7", "--steps", "5").succeeds();

    SameDiff shallow = LinearizeGraphs.load(out);
    assertThat(LayerFolding.depth(shallow)).isEqualTo(2);
    assertThat(LinearizeGraphs.names(shallow, VariableType.PLACEHOLDER))
        .containsExactly("in", "label");
    assertThat(shallow.getLossVariables()).containsExactly("loss");
    assertThat(shallow.getTrainingConfig().getDataSetLabelMapping()).containsExactly("label");
  }

  @Test
  void a_teacher_has_probabilities_where_a_loss_has_scores_only() throws Exception {
    Path file = LinearizeGraphs.dense(DataType.FLOAT, 3).trained(3).save(folder);
    linearize(file, files.rows(200), "--output", "scores", "--budget", "0.7", "--steps", "5")
        .succeeds();
    assertThat(LinearizeGraphs.types(LinearizeGraphs.load(out))).doesNotContain("softmax");
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void scores_of_classes_do_as_well_as_probabilities(DataType type) throws Exception {
    Path file = LinearizeGraphs.dense(type, 3).save(folder);
    linearize(file, files.rows(200), "--budget", "0.7", "--steps", "5").succeeds();

    SameDiff shallow = LinearizeGraphs.load(out);
    assertThat(new GraphModel(shallow, false).results()).containsExactly("scores");
    assertThat(LinearizeGraphs.types(shallow)).doesNotContain("softmax");
    assertThat(output(shallow, "scores").dataType()).isEqualTo(type);
  }

  @Test
  void one_sigmoid_tells_two_classes_apart() throws Exception {
    LinearizeGraphs net = LinearizeGraphs.dense(DataType.FLOAT, 1);
    Path file = net.then(x -> net.graph.nn().sigmoid("yes", x)).save(folder);
    Path report = folder.resolve("report.json");
    linearize(
            file,
            files.rows(300, 2),
            "--budget",
            "0.7",
            "--steps",
            "80",
            "--learning-rate",
            "0.05",
            "--report",
            report)
        .succeeds();
    assertThat(LinearizeGraphs.types(LinearizeGraphs.load(out))).contains("sigmoid");
    assertThat(report().at("/accuracy/afterFineTuning").asDouble()).isGreaterThan(0.8);
  }

  @Test
  void weights_of_an_imported_graph_are_trained_and_are_constants_again() throws Exception {
    LinearizeGraphs net = LinearizeGraphs.classes().frozen();
    Path file = net.save(folder);
    linearize(file, files.rows(200), "--budget", "0.7", "--steps", "20", "--learning-rate", "0.05")
        .succeeds();

    SameDiff shallow = LinearizeGraphs.load(out);
    assertThat(LayerFolding.depth(shallow)).isEqualTo(2);
    assertThat(LinearizeGraphs.names(shallow, VariableType.VARIABLE)).isEmpty();
    assertThat(shallow.getVariable("scores_b").getArr())
        .isNotEqualTo(net.variable("scores_b").getArr());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void images_with_channels_first_or_last_and_batch_normalizations(boolean first) throws Exception {
    long[] shape = first ? new long[] {-1, 3, 8, 7} : new long[] {-1, 8, 7, 3};
    Path file = LinearizeGraphs.images(first, shape).save(folder);
    linearize(file, files.images(), "--budget", "0.8", "--steps", "2", "--mean", "0.5,0.5,0.5")
        .succeeds();

    SameDiff shallow = LinearizeGraphs.load(out);
    assertThat(LinearizeGraphs.types(shallow)).doesNotContain("batchnorm");
    assertThat(LayerFolding.depth(shallow)).isLessThan(4);
  }

  @Test
  void sizes_that_a_graph_leaves_open_are_stated() throws Exception {
    Path file = LinearizeGraphs.images(true, -1, 3, -1, -1).save(folder);
    linearize(file, files.images(), "--shape", "image=2,3,8,7", "--budget", "0.8", "--steps", "1")
        .succeeds();
    assertThat(LinearizeGraphs.load(out).getVariable("image").placeholderShape())
        .containsExactly(-1, 3, 8, 7);
  }

  @Test
  void an_input_without_any_shape_is_stated_too() throws Exception {
    Path file = LinearizeGraphs.undeclared().save(folder);
    linearize(file, files.rows(60), "--shape", "in=2,4", "--budget", "0.5", "--steps", "1")
        .succeeds();
    assertThat(LinearizeGraphs.load(out).getVariable("in").placeholderShape())
        .containsExactly(-1, 4);
  }

  @Test
  void gates_are_trained_where_a_lambda_is_given() throws Exception {
    Path file = LinearizeGraphs.classes().save(folder);
    Bnfold run =
        linearize(
                file,
                files.rows(200),
                "--lambda",
                "50",
                "--pre",
                "40",
                "--steps",
                "4",
                "--learning-rate",
                "0.01")
            .succeeds();
    assertThat(run.out()).contains("activations linear", "written to " + out);
    assertThat(LinearizeGraphs.types(LinearizeGraphs.load(out))).doesNotContain("relu", "tanh");
  }

  @Test
  void too_much_accuracy_lost_writes_nothing_and_keeps_the_run() throws Exception {
    LinearizeGraphs net = LinearizeGraphs.classes();
    INDArray in = net.gaussian(4, 200, 4);
    INDArray answers = net.graph.output(Map.of("in", in), "probabilities").get("probabilities");
    Path rows = files.rows(in, answers.argMax(1).toIntVector());
    linearize(net.save(folder), rows, "--budget", "0.4", "--max-accuracy-loss", "0", "--steps", "0")
        .fails(1, "points of accuracy", "was not written");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("out.fb.run/choice.json")).exists();
  }

  @Test
  void the_cheapest_that_loses_no_more_than_is_allowed() throws Exception {
    Path file = LinearizeGraphs.classes().save(folder);
    linearize(file, files.rows(100), "--max-accuracy-loss", "100", "--steps", "1").succeeds();
    assertThat(LayerFolding.depth(LinearizeGraphs.load(out))).isEqualTo(1);
  }

  @Test
  void without_a_name_the_file_lies_beside_the_model() throws Exception {
    Path file = LinearizeGraphs.classes().save(folder);
    Path rows = files.rows(100);
    Bnfold.run("linearize", file, "--data", rows, "--unit", "depth", "--steps", "1").succeeds();
    assertThat(folder.resolve("model-linearized.fb")).exists();
  }

  @Test
  void of_several_results_one_is_named_and_those_named_besides_stay() throws Exception {
    LinearizeGraphs net = LinearizeGraphs.classes();
    net.graph.math().neg("opposite", net.variable("d1"));
    Path file = net.save(folder);
    linearize(
            file,
            files.rows(200),
            "--output",
            "probabilities",
            "--output",
            "opposite",
            "--budget",
            "0.7",
            "--steps",
            "2")
        .succeeds();
    assertThat(new GraphModel(LinearizeGraphs.load(out), false).results())
        .containsExactlyInAnyOrder("probabilities", "opposite");
  }

  @Test
  void a_dry_run_needs_no_data_and_writes_nothing() throws Exception {
    Path file = LinearizeGraphs.images(true, -1, 3, 8, 8).save(folder);
    Bnfold run = Bnfold.run("linearize", file, "--dry-run", "--unit", "depth", "--json").succeeds();
    JsonNode pieces = JSON.readTree(run.out()).get("pieces");
    assertThat(pieces).isNotEmpty();
    assertThat(pieces.get(0).get("worthIt").asBoolean()).isTrue();
    assertThat(folder.toFile().list()).containsExactly("model.fb");
  }

  @Test
  void the_network_that_ships_with_the_command_can_become_shallower() throws Exception {
    Path file = Bnfold.model(folder);
    Bnfold run = Bnfold.run("linearize", file, "--dry-run", "--unit", "multiplications").succeeds();
    assertThat(run.out()).contains("could become one layer each", "block_a_relu1");
  }
}
