package io.github.dl4jbnfold.file;

import static io.github.dl4jbnfold.fixture.Normalizers.minMax;
import static io.github.dl4jbnfold.fixture.Normalizers.standardize;
import static io.github.dl4jbnfold.fixture.Normalizers.transformed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.MultiNormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.stats.DistributionStats;
import org.nd4j.linalg.factory.Nd4j;

/** Normalizers in the files of networks. */
class NormalizerFileTest {
  @TempDir Path folder;

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(
                    new OutputLayer.Builder().nIn(4).nOut(2).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return RandomParameters.in(network, 8);
  }

  private static NetworkFile file(byte[] normalizer) {
    return new NetworkFile(network(), false, Map.of("normalizer.bin", normalizer));
  }

  private static byte[] bytes(Normalizer<?> normalizer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NormalizerSerializer.getDefault().write(normalizer, bytes);
    return bytes.toByteArray();
  }

  private static byte[] header(int version, String... texts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeUTF("NORMALIZER");
    data.writeInt(version);
    for (String text : texts) {
      data.writeUTF(text);
    }
    return bytes.toByteArray();
  }

  private static void refuses(byte[] normalizer, String part) {
    NetworkFile file = file(normalizer);
    assertThatThrownBy(file::normalizer)
        .isInstanceOf(NetworkFileException.class)
        .hasMessageContaining(part);
  }

  @Test
  void the_kinds_of_ND4J_are_read() throws IOException {
    NormalizerStandardize labelled = standardize(3, 31);
    labelled.fitLabel(true);
    labelled.setLabelStats(Nd4j.rand(1, 2), Nd4j.rand(1, 2).addi(1));
    INDArray raw = Nd4j.randn(DataType.DOUBLE, 4, 3);
    for (DataNormalization normalizer :
        new DataNormalization[] {
          standardize(3, 32), labelled, minMax(3, 33), new ImagePreProcessingScaler(-0.7, 1.9, 3)
        }) {
      DataNormalization read = file(bytes(normalizer)).normalizer().orElseThrow();

      assertThat(read).isInstanceOf(normalizer.getClass());
      assertThat(transformed(read, raw)).isEqualTo(transformed(normalizer, raw));
    }
  }

  @Test
  void a_file_without_one_has_none() throws IOException {
    assertThat(new NetworkFile(network(), false, Map.of()).normalizer()).isEmpty();
  }

  @Test
  void one_that_was_folded_leaves_the_file_and_nothing_else_does() throws IOException {
    NormalizerStandardize normalizer = standardize(3, 34);
    Path path = folder.resolve("network.zip");
    ModelSerializer.writeModel(network(), path.toFile(), true);
    ModelSerializer.addNormalizerToModel(path.toFile(), normalizer);
    ModelSerializer.addObjectToFile(path.toFile(), "labels", "a b c");

    NetworkFile read = NetworkFile.read(path);
    var folded =
        BatchNormFolding.foldCopy(
            (MultiLayerNetwork) read.network(),
            FoldingOptions.defaults().foldNormalizer(read.normalizer().orElseThrow()));
    Path written = folder.resolve("folded.zip");
    try (OutputStream stream = Files.newOutputStream(written)) {
      read.with(folded.network()).withoutNormalizer().write(stream);
    }

    try (ZipFile zip = new ZipFile(written.toFile())) {
      assertThat(zip.getEntry("normalizer.bin")).isNull();
      assertThat(zip.getEntry("updaterState.bin") == null)
          .isEqualTo(folded.network().getUpdater().getStateViewArray() == null);
    }
    String labels = ModelSerializer.getObjectFromFile(written.toFile(), "labels");
    assertThat(labels).isEqualTo("a b c");
    INDArray raw = Nd4j.randn(DataType.DOUBLE, 4, 3);
    INDArray expected = network().output(transformed(normalizer, raw));
    MultiLayerNetwork after = ModelSerializer.restoreMultiLayerNetwork(written.toFile());
    assertThat(after.output(raw.dup()).sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-9 * expected.amaxNumber().doubleValue());
  }

  @Test
  void the_class_of_a_custom_one_is_never_loaded() throws IOException {
    Loaded.loaded = false;
    refuses(header(1, "CUSTOM", Name.OF_LOADED), "custom one, whose class is not loaded");
    assertThat(Loaded.loaded).isFalse();
  }

  private static final class Name {
    static final String OF_LOADED = NormalizerFileTest.class.getName() + "$Strategy";
  }

  private static final class Loaded {
    static boolean loaded;
  }

  /** Says that it was. */
  public static final class Strategy {
    static {
      Loaded.loaded = true;
    }
  }

  @Test
  void one_of_several_inputs_is_not_read() throws IOException {
    MultiNormalizerStandardize several = new MultiNormalizerStandardize();
    several.setFeatureStats(List.of(new DistributionStats(Nd4j.rand(1, 3), Nd4j.rand(1, 3))));
    refuses(bytes(several), "(MULTI_STANDARDIZE) is one of several inputs");
  }

  @Test
  void what_is_no_normalizer_is_refused() throws IOException {
    refuses(new byte[0], "truncated or damaged");
    refuses(new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r'}, "truncated or damaged");
    refuses(new byte[] {0, 2, 'a', 'b', 0, 0, 0, 1}, "no normalizer of this version");
    refuses(header(2, "STANDARDIZE"), "no normalizer of this version");
    refuses(header(1, "IMAGE_VGG16"), "does not read (IMAGE_VGG16)");
    refuses(header(1, "IMAGE_MIN_MAX"), "truncated or damaged");
  }

  @Test
  void every_truncated_one_is_refused() throws IOException {
    byte[] whole = bytes(standardize(3, 35));
    for (int length = 0; length < whole.length; length++) {
      refuses(Arrays.copyOf(whole, length), "'normalizer.bin'");
    }
  }

  @Test
  void an_array_that_claims_more_than_the_file_has_is_refused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(header(1, "STANDARDIZE"));
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeBoolean(false);
    data.writeUTF("LONG_SHAPE");
    data.writeLong(8);
    data.writeUTF("LONG");
    for (long value : new long[] {2, 1, 1L << 40, 1, 1, 8192, 1, 'c'}) {
      data.writeLong(value);
    }
    data.writeUTF("MIXED_DATA_TYPES");
    data.writeLong(1L << 40);
    data.writeUTF("FLOAT");
    refuses(bytes.toByteArray(), "'normalizer.bin' holds");
  }
}
