package io.github.dl4jbnfold.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class NetworkFileTest {
  @TempDir Path folder;

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(3).updater(new Adam(0.01));
  }

  private static DenseLayer dense(int in) {
    return new DenseLayer.Builder().nIn(in).nOut(6).activation(Activation.IDENTITY).build();
  }

  private static MultiLayerNetwork layers() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder()
                .list()
                .layer(dense(5))
                .layer(new BatchNormalization.Builder().nIn(6).nOut(6).build())
                .layer(
                    new OutputLayer.Builder().nIn(6).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return RandomParameters.in(network, 4);
  }

  private static ComputationGraph graph() {
    ComputationGraph network =
        new ComputationGraph(
            builder()
                .graphBuilder()
                .addInputs("x")
                .addLayer("dense", dense(5), "x")
                .addLayer("bn", new BatchNormalization.Builder().nIn(6).nOut(6).build(), "dense")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nIn(6).nOut(3).activation(Activation.SOFTMAX).build(),
                    "bn")
                .setOutputs("out")
                .build());
    network.init();
    return RandomParameters.in(network, 4);
  }

  private Path file(MultiLayerNetwork network) throws IOException {
    Path path = folder.resolve("network.zip");
    ModelSerializer.writeModel(network, path.toFile(), true);
    return path;
  }

  /** The file with some entries replaced or added. */
  private Path forged(Path path, Map<String, byte[]> others) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(path.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    entries.putAll(others);
    Path forged = folder.resolve("forged.zip");
    try (OutputStream stream = Files.newOutputStream(forged);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return forged;
  }

  private static String configuration(MultiLayerNetwork network) {
    return network.getLayerWiseConfigurations().toJson();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void refuses(Path path, String part) {
    assertThatThrownBy(() -> NetworkFile.read(path))
        .isInstanceOf(NetworkFileException.class)
        .hasMessageContaining(part);
  }

  @Test
  void what_ModelSerializer_wrote_is_read() throws IOException {
    MultiLayerNetwork network = layers();
    NetworkFile read = NetworkFile.read(file(network));
    assertThat(read.network()).isInstanceOf(MultiLayerNetwork.class);
    assertThat(read.network().params()).isEqualTo(network.params());

    Path path = folder.resolve("graph.zip");
    ComputationGraph graph = graph();
    ModelSerializer.writeModel(graph, path.toFile(), false);
    read = NetworkFile.read(path);
    assertThat(read.network()).isInstanceOf(ComputationGraph.class);
    assertThat(read.network().params()).isEqualTo(graph.params());
    assertThat(read.hasUpdater()).isFalse();
  }

  @Test
  void updater_state_and_normalizer_survive_a_fold() throws IOException {
    MultiLayerNetwork network = layers();
    DataSet data = new DataSet(Nd4j.rand(16, 5), Nd4j.eye(3).repeat(0, 6).getRows(range(16)));
    NormalizerStandardize normalizer = new NormalizerStandardize();
    normalizer.fit(data);
    network.fit(data);
    Path path = file(network);
    ModelSerializer.addNormalizerToModel(path.toFile(), normalizer);
    ModelSerializer.addObjectToFile(path.toFile(), "labels", "a b c");

    NetworkFile read = NetworkFile.read(path);
    var folded =
        BatchNormFolding.foldCopy((MultiLayerNetwork) read.network(), FoldingOptions.defaults());
    Path written = folder.resolve("folded.zip");
    try (OutputStream stream = Files.newOutputStream(written)) {
      read.with(folded.network()).write(stream);
    }

    MultiLayerNetwork again = ModelSerializer.restoreMultiLayerNetwork(written.toFile(), true);
    NormalizerStandardize kept = ModelSerializer.restoreNormalizerFromFile(written.toFile());
    String labels = ModelSerializer.getObjectFromFile(written.toFile(), "labels");
    assertThat(again.getnLayers()).isEqualTo(2);
    assertThat(again.params()).isEqualTo(folded.network().params());
    assertThat(again.getUpdater().getStateViewArray())
        .isEqualTo(folded.network().getUpdater().getStateViewArray());
    assertThat(again.getUpdater().getStateViewArray().amaxNumber().doubleValue()).isPositive();
    assertThat(again.getIterationCount()).isEqualTo(network.getIterationCount());
    assertThat(kept.getMean()).isEqualTo(normalizer.getMean());
    assertThat(labels).isEqualTo("a b c");
  }

  private static int[] range(int length) {
    int[] range = new int[length];
    for (int i = 0; i < length; i++) {
      range[i] = i;
    }
    return range;
  }

  @Test
  void a_class_outside_of_Deeplearning4j_is_not_loaded() throws IOException {
    MultiLayerNetwork network = layers();
    String activation = "org.nd4j.linalg.activations.impl.ActivationIdentity";
    String json = configuration(network).replace(activation, "com.sun.rowset.JdbcRowSetImpl");
    refuses(
        forged(file(network), Map.of("configuration.json", utf8(json))),
        "com.sun.rowset.JdbcRowSetImpl");
  }

  @Test
  void a_class_that_the_caller_allows_is_loaded() throws IOException {
    MultiLayerNetwork network = layers();
    String activation = "org.nd4j.linalg.activations.impl.ActivationIdentity";
    String own = OwnActivation.class.getName();
    String json = configuration(network).replace(activation, own);
    Path path = forged(file(network), Map.of("configuration.json", utf8(json)));

    refuses(path, own);
    assertThat(NetworkFile.read(path, Set.of(own)).network()).isNotNull();
  }

  /** A custom activation. */
  public static final class OwnActivation extends org.nd4j.linalg.activations.impl.ActivationTanH {
    private static final long serialVersionUID = 1;
  }

  @Test
  void a_second_class_hidden_behind_the_first_is_found() throws IOException {
    MultiLayerNetwork network = layers();
    String json =
        configuration(network)
            .replaceFirst("\"@class\"", "\"@class\" : \"java.lang.Object\", \"@class\"");
    refuses(forged(file(network), Map.of("configuration.json", utf8(json))), "JSON");
  }

  @Test
  void a_class_hidden_in_the_parameters_of_a_known_one_is_found() throws IOException {
    MultiLayerNetwork network = layers();
    String activation = "org.nd4j.linalg.activations.impl.ActivationIdentity";
    String json = configuration(network).replace(activation, activation + "<" + TRIPWIRE + ">");
    refuses(forged(file(network), Map.of("configuration.json", utf8(json))), TRIPWIRE);
    assertThat(System.getProperty(TRIPWIRE)).isNull();
  }

  @Test
  void a_distribution_outside_of_Deeplearning4j_is_not_loaded() throws IOException {
    MultiLayerNetwork network = layers();
    String weights = "{\"@class\" : \"org.deeplearning4j.nn.weights.";
    String json =
        configuration(network)
            .replaceFirst(
                "(?s)\\{\\s*\"@class\" : \"org.deeplearning4j.nn.weights.WeightInitXavier\"",
                weights
                    + "WeightInitDistribution\", \"distribution\" : {\"type\" : \""
                    + TRIPWIRE.replace("$", "\\$")
                    + "\"}");
    refuses(forged(file(network), Map.of("configuration.json", utf8(json))), TRIPWIRE);
    assertThat(System.getProperty(TRIPWIRE)).isNull();
  }

  private static final String TRIPWIRE = NetworkFileTest.class.getName() + "$Tripwire";

  /** Tells that it was initialized. */
  public static final class Tripwire {
    static {
      System.setProperty(TRIPWIRE, "initialized");
    }
  }

  @Test
  void a_serialized_object_is_never_deserialized() throws IOException {
    Path path = forged(file(layers()), Map.of("preprocessor.bin", new byte[] {1, 2, 3}));
    assertThat(NetworkFile.read(path).others()).containsKey("preprocessor.bin");
  }

  @Test
  void names_that_leave_their_folder_are_refused() throws IOException {
    for (String name : new String[] {"../evil", "/etc/passwd", "a\\b", "C:evil"}) {
      refuses(forged(file(layers()), Map.of(name, new byte[1])), "would leave the folder");
    }
  }

  @Test
  void an_array_that_claims_more_than_the_network_needs_is_refused() throws IOException {
    Path path = file(layers());
    refuses(
        forged(path, Map.of("coefficients.bin", header(new long[] {1, 1L << 40}, 1L << 40))),
        "needs");
    refuses(
        forged(path, Map.of("coefficients.bin", header(new long[] {1, 1L << 40}, 10))), "no array");
    refuses(forged(path, Map.of("coefficients.bin", new byte[0])), "truncated or damaged");
    refuses(forged(path, Map.of("coefficients.bin", header(new long[] {1, 66}, 66))), "damaged");
  }

  /** The beginning of an array of float32. */
  private static byte[] header(long[] shape, long elements) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeUTF("LONG_SHAPE");
    data.writeLong(8);
    data.writeUTF("LONG");
    for (long value : new long[] {2, shape[0], shape[1], 1, 1, 8192, 1, 'c'}) {
      data.writeLong(value);
    }
    data.writeUTF("MIXED_DATA_TYPES");
    data.writeLong(elements);
    data.writeUTF("FLOAT");
    return bytes.toByteArray();
  }

  @Test
  void parameters_of_another_network_are_refused() throws IOException {
    INDArray few = Nd4j.rand(1, 10);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Nd4j.write(few, new DataOutputStream(bytes));
    refuses(
        forged(file(layers()), Map.of("coefficients.bin", bytes.toByteArray())),
        "it has 10 parameters, and its configuration needs");
  }

  @Test
  void an_entry_that_unpacks_to_far_too_much_is_refused() throws IOException {
    byte[] bomb = new byte[(64 << 20) + 1];
    refuses(forged(file(layers()), Map.of("normalizer.bin", bomb)), "larger than");
  }
}
