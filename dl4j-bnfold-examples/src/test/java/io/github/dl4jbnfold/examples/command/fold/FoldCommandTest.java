package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.measure.Predictions;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.ShapeModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class FoldCommandTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = Bnfold.model(folder);
  }

  private void onlyTheModelIsThere() throws IOException {
    files("model.fb");
    assertThat(Files.readAllBytes(model)).isEqualTo(Bnfold.bytes());
  }

  private void files(String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }

  @Test
  void the_folded_network_appears_beside_the_model_and_predicts_the_same() throws IOException {
    Bnfold run = Bnfold.run("fold", model).succeeds();

    assertThat(run.out())
        .contains("9 of 9 batch normalizations removed, 0 kept")
        .contains("written to " + folder.resolve("model-folded.fb"));
    files("model.fb", "model-folded.fb");
    ShapeImages images = ShapeImages.generate(100, 3);
    SameDiff folded = SameDiff.load(folder.resolve("model-folded.fb").toFile(), false);
    Predictions same =
        Predictions.compare(
            ShapeModel.logits(ShapeModel.load(), images), ShapeModel.logits(folded, images));
    assertThat(same.relativeError()).isLessThan(1e-5);
    assertThat(same.changed()).isZero();
  }

  @Test
  void a_report_is_written_in_the_form_that_its_extension_names() throws IOException {
    for (String extension : new String[] {"json", "md", "txt"}) {
      Path report = folder.resolve("report." + extension);
      Bnfold.run("fold", model, "-o", folder.resolve(extension), "--report", report).succeeds();
    }
    JsonNode json = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(json.get("removed")).hasSize(9);
    assertThat(folder.resolve("report.md")).content().startsWith("# ");
    assertThat(folder.resolve("report.txt")).content().startsWith("9 of 9");
  }

  @Test
  void json_on_standard_output_is_all_that_is_there() throws IOException {
    Bnfold run = Bnfold.run("fold", model, "--json").succeeds();
    assertThat(new ObjectMapper().readTree(run.out()).get("applied").asBoolean()).isTrue();
  }

  @Test
  void a_batch_normalization_that_is_to_be_kept_is_kept() {
    Bnfold run = Bnfold.run("fold", model, "--keep", "norm_stem").succeeds();
    assertThat(run.out()).contains("8 of 9").contains("kept norm_stem (USER)");
  }

  @Test
  void weights_only_keeps_what_needs_a_clamp_or_a_map() {
    Bnfold run = Bnfold.run("fold", model, "--weights-only").succeeds();
    assertThat(run.out())
        .contains("7 of 9 batch normalizations removed, 2 kept")
        .contains("kept norm_image (SHIFT_CONFLICT)");
  }

  @Test
  void weights_only_is_an_alias_of_the_objective_no_new_operators() {
    for (String name : new String[] {"no-new-operators", "No_New_Operators"}) {
      Path out = folder.resolve(name + ".fb");
      assertThat(Bnfold.run("fold", model, "--objective", name, "-o", out).succeeds().out())
          .contains("7 of 9 batch normalizations removed, 2 kept")
          .contains("kept norm_image (SHIFT_CONFLICT)");
    }
  }

  @Test
  void fewest_batch_norms_is_what_a_fold_aims_at_unless_told() {
    Bnfold run = Bnfold.run("fold", model, "--objective", "fewest-batch-norms").succeeds();
    assertThat(run.out()).contains("9 of 9 batch normalizations removed, 0 kept");
  }

  @Test
  void fastest_remembers_what_it_measured_and_predicts_the_same() {
    Path cache = folder.resolve("cache");
    System.setProperty(CostFolder.PROPERTY, cache.toString());
    try {
      Bnfold run = Bnfold.run("fold", model, "--objective", "fastest").succeeds();
      assertThat(run.out()).containsPattern("\\d of 9 batch normalizations removed");
      assertThat(Bnfold.run("costs").succeeds().out())
          .contains("batchnorm FLOAT", cache.toString());
    } finally {
      System.clearProperty(CostFolder.PROPERTY);
    }
    ShapeImages images = ShapeImages.generate(100, 3);
    SameDiff folded = SameDiff.load(folder.resolve("model-folded.fb").toFile(), false);
    Predictions same =
        Predictions.compare(
            ShapeModel.logits(ShapeModel.load(), images), ShapeModel.logits(folded, images));
    assertThat(same.relativeError()).isLessThan(1e-5);
    assertThat(same.changed()).isZero();
  }

  @Test
  void an_unknown_objective_names_those_that_exist() throws IOException {
    Bnfold.run("fold", model, "--objective", "smallest")
        .fails(2, "--objective", "'smallest'", "fewest-batch-norms, fastest, no-new-operators");
    onlyTheModelIsThere();
  }

  @Test
  void weights_only_beside_an_objective_is_bad_usage() throws IOException {
    for (String objective : new String[] {"fastest", "no-new-operators"}) {
      Bnfold.run("fold", model, "--weights-only", "--objective", objective)
          .fails(2, "--weights-only means --objective no-new-operators", "only one of the two");
    }
    onlyTheModelIsThere();
  }

  @Test
  void keeping_an_unknown_batch_normalization_names_those_that_exist() throws IOException {
    Bnfold.run("fold", model, "--keep", "nrom_stem").fails(2, model, "'nrom_stem'", "norm_stem");
    onlyTheModelIsThere();
  }

  @Test
  void an_unknown_output_names_those_that_exist() throws IOException {
    Bnfold.run("fold", model, "--output", "logit").fails(2, model, "'logit'", "probabilities");
    onlyTheModelIsThere();
  }

  @Test
  void a_requested_output_keeps_its_name_and_the_rest_goes() {
    Path out = folder.resolve("out.fb");
    Bnfold.run("fold", model, "--output", "logits", "-o", out).succeeds();
    SameDiff folded = SameDiff.load(out.toFile(), false);
    assertThat(folded.hasVariable("logits")).isTrue();
  }

  @Test
  void a_shape_for_an_unknown_input_names_those_that_exist() throws IOException {
    Bnfold.run("fold", model, "--shape", "x=1,1,16,16").fails(2, model, "'x'", "image");
    onlyTheModelIsThere();
  }

  @Test
  void a_malformed_shape_is_bad_usage() throws IOException {
    for (String shape : new String[] {"image", "image=", "=2,3", "image=2,,3", "image=2,-1"}) {
      Bnfold.run("fold", model, "--shape", shape).fails(2, "--shape", "bnfold fold --help");
    }
    onlyTheModelIsThere();
  }

  @Test
  void an_unknown_report_extension_is_bad_usage() throws IOException {
    Path report = folder.resolve("report.pdf");
    Bnfold.run("fold", model, "--report", report).fails(2, report, ".json, .md or .txt");
    onlyTheModelIsThere();
  }

  @Test
  void a_negative_tolerance_is_bad_usage() throws IOException {
    Bnfold.run("fold", model, "--tolerance", "-1").fails(2, "--tolerance");
    Bnfold.run("fold", model, "--tolerance", "NaN").fails(2, "--tolerance");
    onlyTheModelIsThere();
  }

  @Test
  void a_failed_check_writes_nothing() throws IOException {
    Path report = folder.resolve("report.txt");
    Bnfold.run("fold", model, "--tolerance", "0", "--report", report)
        .fails(1, model, "differs from the original");
    onlyTheModelIsThere();
  }

  @Test
  void an_output_that_exists_is_not_replaced() throws IOException {
    Path out = Files.writeString(folder.resolve("model-folded.fb"), "mine");
    Bnfold.run("fold", model).fails(1, out, "--overwrite");
    assertThat(out).content().isEqualTo("mine");
    Bnfold.run("fold", model, "--overwrite").succeeds();
    assertThat(SameDiff.load(out.toFile(), false).hasVariable("logits")).isTrue();
    files("model.fb", "model-folded.fb");
  }

  @Test
  void a_report_that_exists_is_not_replaced() throws IOException {
    Path report = Files.writeString(folder.resolve("report.txt"), "mine");
    Bnfold.run("fold", model, "--report", report).fails(1, report, "--overwrite");
    files("model.fb", "report.txt");
  }

  @Test
  void the_model_itself_is_replaced_only_on_demand() throws IOException {
    Bnfold.run("fold", model, "-o", model).fails(1, model, "--overwrite");
    onlyTheModelIsThere();
    Path link = Files.createSymbolicLink(folder.resolve("link.fb"), model);
    Bnfold.run("fold", model, "-o", link).fails(1, link, "--overwrite");
    Files.delete(link);
    onlyTheModelIsThere();
    Bnfold.run("fold", model, "-o", model, "--overwrite").succeeds();
    files("model.fb");
    assertThat(Bnfold.run("inspect", model).out()).contains("There is no batch normalization");
  }

  @Test
  void a_report_in_the_place_of_a_network_is_bad_usage() throws IOException {
    Path both = folder.resolve("both.txt");
    Bnfold.run("fold", model, "-o", both, "--report", both).fails(2, both);
    onlyTheModelIsThere();
  }

  @Test
  void an_output_in_a_directory_that_does_not_exist_is_refused_before_any_work()
      throws IOException {
    Path out = folder.resolve("none").resolve("out.fb");
    Bnfold.run("fold", model, "-o", out).fails(1, out, "there is no directory");
    onlyTheModelIsThere();
  }

  @Test
  void an_output_that_is_a_directory_is_refused() throws IOException {
    Bnfold.run("fold", model, "-o", folder).fails(1, folder, "this is a directory");
    onlyTheModelIsThere();
  }

  @Test
  void a_full_disk_leaves_neither_report_nor_network() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Bnfold.run("fold", model, "--report", full).fails(1, full, "cannot be written");
    onlyTheModelIsThere();
    Bnfold.run("fold", model, "-o", full).fails(1, full, "cannot be written");
    onlyTheModelIsThere();
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  void a_place_that_the_system_keeps_for_itself_is_refused() {
    Path out = Path.of("/proc/bnfold.fb");
    assumeTrue(Files.isDirectory(out.getParent()), "this system has no /proc");
    Bnfold.run("fold", model, "-o", out).fails(1, out);
  }

  @Test
  void a_network_whose_input_sizes_are_free_needs_a_shape() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, -1);
    SDVariable dense = graph.mmul("dense", x, graph.var("w", Nd4j.rand(5, 3)));
    graph.nn.batchNorm(
        "norm",
        dense,
        graph.constant("mean", Nd4j.rand(3)),
        graph.constant("variance", Nd4j.rand(3).addi(0.5)),
        graph.var("gamma", Nd4j.rand(3)),
        graph.var("beta", Nd4j.rand(3)),
        1e-3,
        1);
    graph.save(folder.resolve("free.fb").toFile(), false);
    Path free = folder.resolve("free.fb");
    Bnfold.run("fold", free).fails(1, free, "state the shapes");
    Bnfold run = Bnfold.run("fold", free, "--shape", "x=4,5").succeeds();
    assertThat(run.out()).contains("1 of 1 batch normalizations removed");
  }

  @Test
  void updater_state_is_dropped_with_a_word() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable dense = graph.mmul("dense", x, graph.var("w", Nd4j.rand(4, 3)));
    SDVariable label = graph.placeHolder("y", DataType.FLOAT, -1, 3);
    graph.loss.meanSquaredError("loss", label, dense, null);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new Adam(1e-3))
            .dataSetFeatureMapping("x")
            .dataSetLabelMapping("y")
            .build());
    INDArray inputs = Nd4j.rand(2, 4);
    graph.fit(new DataSet(inputs, Nd4j.rand(2, 3)));
    Path trained = folder.resolve("trained.fb");
    graph.save(trained.toFile(), true);

    Bnfold run = Bnfold.run("fold", trained);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("updater state").hasLineCount(1);
  }
}
