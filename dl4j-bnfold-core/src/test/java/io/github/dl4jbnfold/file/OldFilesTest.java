package io.github.dl4jbnfold.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Training;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Files in the forms of older versions. None was written by an old version: the configurations are
 * those of {@link OldNetwork}, the arrays those of {@link OldArray}, both written by hand after
 * what the readers of 1.0.0-M2.1 accept.
 */
class OldFilesTest {
  @TempDir Path folder;

  private static byte[] array(OldNetwork old, INDArray row) throws IOException {
    OldArray form = old.array();
    if (form != null) {
      return form.of(row);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Nd4j.write(row, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The file of a network, with more or other entries. */
  private Path file(OldNetwork old, Model network, Map<String, byte[]> others) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("configuration.json", utf8(old.configuration()));
    entries.put("coefficients.bin", array(old, network.params()));
    entries.putAll(others);
    Path path = folder.resolve("old.zip");
    try (OutputStream stream = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return path;
  }

  private Path file(OldNetwork old, Model network) throws IOException {
    Training.remember(network, 5);
    INDArray state = Training.updater(network).getStateViewArray();
    return file(old, network, Map.of("updaterState.bin", array(old, state)));
  }

  private Path written(NetworkFile file) throws IOException {
    Path written = folder.resolve("written.zip");
    try (OutputStream stream = Files.newOutputStream(written)) {
      file.write(stream);
    }
    return written;
  }

  /** What DL4J itself reads. */
  private static Model restored(Path path, Model like) throws IOException {
    return like instanceof ComputationGraph
        ? ModelSerializer.restoreComputationGraph(path.toFile(), true)
        : ModelSerializer.restoreMultiLayerNetwork(path.toFile(), true);
  }

  private static List<INDArray> outputs(OldNetwork old, Model network) {
    INDArray input = Nd4j.getRandomFactory().getNewRandomInstance(8).nextGaussian(old.input(3));
    return NetworkFold.outputs(network, input);
  }

  private static INDArray state(Model network) {
    return Training.updater(network).getStateViewArray();
  }

  private static NetworkFold fold(OldNetwork old, NetworkFile file) {
    String input = file.network() instanceof ComputationGraph ? "image" : "input";
    return NetworkFold.of(
        file.network(), FoldingOptions.defaults().inputShape(input, old.input(4)));
  }

  @ParameterizedTest
  @EnumSource
  void networks_of_older_versions_do_what_they_did(OldNetwork old) throws IOException {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Model network = old.same(type);
      NetworkFile read = NetworkFile.read(file(old, network));
      assertThat(read.network().params()).isEqualTo(network.params());
      assertThat(read.network().params().dataType()).isEqualTo(type);
      assertThat(state(read.network())).isEqualTo(state(network));
      assertThat(outputs(old, read.network())).isEqualTo(outputs(old, network));
    }
  }

  @ParameterizedTest
  @EnumSource
  void they_are_folded_and_written_as_files_of_today(OldNetwork old) throws IOException {
    NetworkFile read = NetworkFile.read(file(old, old.same(DataType.DOUBLE)));
    NetworkFold fold = fold(old, read).removesAll().equalOutputs(old.input(3));
    Path written = written(read.with(fold.after()));
    for (Model again :
        List.of(restored(written, fold.after()), NetworkFile.read(written).network())) {
      assertThat(outputs(old, again)).isEqualTo(outputs(old, fold.after()));
      assertThat(state(again)).isEqualTo(state(fold.after()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"LAYERS_0_5", "GRAPH_0_7", "GRAPH_1_0_0_ALPHA"})
  void Deeplearning4j_reads_the_same(OldNetwork old) throws IOException {
    Model network = old.same(DataType.DOUBLE);
    assertThat(outputs(old, restored(file(old, network), network)))
        .isEqualTo(outputs(old, network));
  }

  /** The day on which this fails, {@link OldConfiguration} can go. */
  @Test
  void what_Deeplearning4j_does_not_read_or_reads_wrongly_is_amended() throws IOException {
    OldNetwork named = OldNetwork.LAYERS_0_5;
    Model layers = restored(file(named, named.same(DataType.DOUBLE)), named.same(DataType.DOUBLE));
    assertThatThrownBy(() -> outputs(named, layers)).hasMessageContaining("getActivationFn");

    OldNetwork withoutDropout = OldNetwork.GRAPH_0_7;
    Model graph = withoutDropout.same(DataType.DOUBLE);
    Path path = file(withoutDropout, graph);
    assertThatThrownBy(() -> restored(path, graph))
        .hasStackTraceContaining("Dropout with 0.0 probability");

    OldNetwork frozen = OldNetwork.GRAPH_1_0_0_ALPHA;
    Model network = frozen.same(DataType.DOUBLE);
    assertThat(outputs(frozen, restored(file(frozen, network), network)))
        .isNotEqualTo(outputs(frozen, network));
  }

  @Test
  void a_normalizer_is_kept() throws IOException {
    OldNetwork old = OldNetwork.LAYERS_0_5;
    NormalizerStandardize normalizer =
        new NormalizerStandardize(Nd4j.rand(1, 4), Nd4j.rand(1, 4).addi(1));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NormalizerSerializer.getDefault().write(normalizer, bytes);
    Map<String, byte[]> others = Map.of("normalizer.bin", bytes.toByteArray());
    NetworkFile read = NetworkFile.read(file(old, old.same(DataType.DOUBLE), others));

    Path written = written(read.with(fold(old, read).after()));
    NormalizerStandardize kept = ModelSerializer.restoreNormalizerFromFile(written.toFile());
    assertThat(kept.getMean()).isEqualTo(normalizer.getMean());
    assertThat(kept.getStd()).isEqualTo(normalizer.getStd());
  }

  @Test
  void an_updater_that_is_a_serialized_object_is_left_out() throws IOException {
    OldNetwork old = OldNetwork.LAYERS_0_5;
    Map<String, byte[]> others = Map.of("updater.bin", new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5});
    NetworkFile read = NetworkFile.read(file(old, old.same(DataType.DOUBLE), others));
    assertThat(read.hasUpdater()).isFalse();
    assertThat(read.others()).isEmpty();
  }

  @Test
  void a_class_that_is_gone_is_named() throws IOException {
    OldNetwork old = OldNetwork.LAYERS_1_0_0_BETA3;
    String json = old.configuration().replace("layers.DenseLayer", "layers.RBM");
    Path path = file(old, old.same(DataType.DOUBLE), Map.of("configuration.json", utf8(json)));
    assertThatThrownBy(() -> NetworkFile.read(path))
        .isInstanceOf(NetworkFileException.class)
        .hasMessageContainingAll("'org.deeplearning4j.nn.conf.layers.RBM'", "load it with");
  }

  @Test
  void a_layer_that_is_gone_is_named_with_what_to_do() throws IOException {
    OldNetwork old = OldNetwork.LAYERS_0_5;
    String json = old.configuration().replace("\"dense\"", "\"RBM\"");
    Path path = file(old, old.same(DataType.DOUBLE), Map.of("configuration.json", utf8(json)));
    assertThatThrownBy(() -> NetworkFile.read(path))
        .isInstanceOf(NetworkFileException.class)
        .hasMessageContainingAll("'RBM'", "load it with 1.0.0-beta4");
  }

  @ParameterizedTest
  @EnumSource
  void every_old_form_of_arrays_is_read(OldArray form) throws IOException {
    OldNetwork old = OldNetwork.LAYERS_0_8;
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Model network = old.same(type);
      Map<String, byte[]> others = Map.of("coefficients.bin", form.of(network.params()));
      NetworkFile read = NetworkFile.read(file(old, network, others));
      assertThat(read.network().params()).isEqualTo(network.params());
    }
  }

  @Test
  void configurations_of_today_are_not_touched() throws IOException {
    for (OldNetwork old : List.of(OldNetwork.GRAPH_1_0_0_BETA4, OldNetwork.LAYERS_1_0_0_BETA7)) {
      assertThat(OldConfiguration.amend(ClassNames.check(old.configuration(), Set.of()))).isFalse();
    }
  }
}
