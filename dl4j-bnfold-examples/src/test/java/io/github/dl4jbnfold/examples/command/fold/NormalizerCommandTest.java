package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.examples.command.Bnfold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

/** {@code --fold-normalizer}. */
class NormalizerCommandTest {
  @TempDir Path folder;

  private static NormalizerStandardize normalizer() {
    return new NormalizerStandardize(
        Nd4j.createFromArray(new float[][] {{1.3f, -0.7f, 2.2f}}),
        Nd4j.createFromArray(new float[][] {{0.4f, 1.9f, 3.1f}}));
  }

  /** A network without a normalizer in its file. */
  private Path plain(String name, Layer first) throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(first)
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.feedForward(3))
                .build());
    network.init();
    Random random = new Random(4);
    for (int i = 0; i < network.params().length(); i++) {
      network.params().putScalar(i, 0.1 + random.nextDouble());
    }
    Path path = folder.resolve(name);
    ModelSerializer.writeModel(network, path.toFile(), false);
    return path;
  }

  private static Layer dense() {
    return new DenseLayer.Builder().nOut(4).activation(Activation.IDENTITY).build();
  }

  private static Path normalized(Path path) {
    ModelSerializer.addNormalizerToModel(path.toFile(), normalizer());
    return path;
  }

  private static boolean hasNormalizer(Path path) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      return zip.getEntry("normalizer.bin") != null;
    }
  }

  @Test
  void the_result_takes_raw_inputs_and_has_no_normalizer() throws IOException {
    Path model = normalized(plain("model.zip", dense()));
    Path out = folder.resolve("out.zip");
    Bnfold run = Bnfold.run("fold", model, "--fold-normalizer", "-o", out).succeeds();

    assertThat(run.out())
        .contains("1 of 1 batch normalizations removed", "takes without their normalizers: input");
    assertThat(hasNormalizer(out)).isFalse();
    assertThat(hasNormalizer(model)).isTrue();
    INDArray raw = Nd4j.randn(DataType.FLOAT, 5, 3).muli(2);
    INDArray seen = raw.dup();
    normalizer().transform(seen);
    INDArray expected = ModelSerializer.restoreMultiLayerNetwork(model.toFile()).output(seen);
    INDArray actual = ModelSerializer.restoreMultiLayerNetwork(out.toFile()).output(raw);
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
    assertThat(expected.std(0).maxNumber().doubleValue()).isGreaterThan(1e-2);
  }

  @Test
  void without_the_option_the_normalizer_stays() throws IOException {
    Path model = normalized(plain("model.zip", dense()));
    Bnfold.run("fold", model).succeeds();

    assertThat(hasNormalizer(folder.resolve("model-folded.zip"))).isTrue();
  }

  @Test
  void inspect_says_whether_it_would_go() throws Exception {
    Path model = normalized(plain("model.zip", dense()));
    Bnfold run = Bnfold.run("inspect", model, "--fold-normalizer", "--json").succeeds();
    assertThat(new ObjectMapper().readTree(run.out()).get("rawInputs").get(0).asText())
        .isEqualTo("input");

    Layer squash = new ActivationLayer.Builder().name("squash").activation(Activation.TANH).build();
    Bnfold.run("inspect", normalized(plain("squash.zip", squash)), "--fold-normalizer")
        .fails(1, "squash.zip", "The normalizer of the input 'input' cannot be folded", "'squash'");
  }

  @Test
  void where_it_cannot_go_nothing_is_written() throws IOException {
    Layer squash = new ActivationLayer.Builder().name("squash").activation(Activation.TANH).build();
    Path model = normalized(plain("model.zip", squash));
    Path out = folder.resolve("out.zip");

    Bnfold.run("fold", model, "--fold-normalizer", "-o", out)
        .fails(1, "model.zip", "cannot be folded", "'squash'");
    assertThat(out).doesNotExist();
  }

  @Test
  void a_file_without_a_normalizer_says_so() throws IOException {
    Path model = plain("model.zip", dense());
    Bnfold.run("fold", model, "--fold-normalizer")
        .fails(2, "model.zip: it has no normalizer to fold.", "addNormalizerToModel");
    Bnfold.run("fold", Bnfold.model(folder), "--fold-normalizer")
        .fails(2, "model.fb: the file of a SameDiff graph has no normalizer to fold.");
  }

  @Test
  void a_broken_normalizer_stops_only_its_fold() throws IOException {
    Path model = plain("model.zip", dense());
    Path broken = folder.resolve("broken.zip");
    try (ZipFile from = new ZipFile(model.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(broken))) {
      for (ZipEntry entry : from.stream().toList()) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        from.getInputStream(entry).transferTo(to);
      }
      to.putNextEntry(new ZipEntry("normalizer.bin"));
      to.write(new byte[] {1, 2, 3});
    }

    Bnfold.run("fold", broken, "--fold-normalizer")
        .fails(2, "broken.zip: its entry 'normalizer.bin' is truncated or damaged.", "Leave out");
    Bnfold.run("fold", broken).succeeds();
  }
}
