package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.examples.data.Cifar10;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;

class CifarFoldingTest {
  private static final int RECORD = 3073;
  private static final int IN_A_FILE = 220;

  @TempDir Path folder;

  /** Random images in the files of the training set. */
  @BeforeEach
  void images() throws IOException {
    Random random = new Random(3);
    for (int file = 1; file <= 5; file++) {
      byte[] records = new byte[IN_A_FILE * RECORD];
      random.nextBytes(records);
      for (int i = 0; i < IN_A_FILE; i++) {
        records[i * RECORD] = (byte) random.nextInt(10);
      }
      Files.write(folder.resolve("data_batch_" + file + ".bin"), records);
    }
    Files.copy(folder.resolve("data_batch_1.bin"), folder.resolve("test_batch.bin"));
  }

  @Test
  void a_network_is_folded_from_its_file_to_a_file() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(32, 32, 3))
                .addLayer("a", conv(), "image")
                .addLayer("b", conv(), "a")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "b")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build(),
                    "pool")
                .setOutputs("out")
                .build());
    network.init();
    Path model = folder.resolve("model.zip");
    network.save(model.toFile(), true);
    Path run = folder.resolve("run");

    String[] threshold = {"--pre", "2", "--post", "1"};
    String[] budget = {"--rule", "BUDGET", "--budget", "0.7", "--post", "1"};
    String[] none = {"--rule", "NONE", "--post", "1"};
    assertThat(run(model, run.resolve("threshold"), threshold)).isZero();
    assertThat(run(model, run.resolve("budget"), budget)).isZero();
    assertThat(run(model, run.resolve("none"), none)).isZero();

    ComputationGraph folded =
        ComputationGraph.load(run.resolve("budget/folded.zip").toFile(), true);
    assertThat(LayerFolding.depth(folded)).isEqualTo(2);
    assertThat(folded.outputSingle(Cifar10.training(folder).images(0, 2)).shape())
        .containsExactly(2, 10);
  }

  private int run(Path model, Path directory, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of(model.toString(), folder.toString(), directory.toString()));
    arguments.addAll(List.of(options));
    return CifarFolding.run(arguments.toArray(String[]::new));
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(2)
        .stride(4, 4)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(Activation.RELU)
        .build();
  }
}
