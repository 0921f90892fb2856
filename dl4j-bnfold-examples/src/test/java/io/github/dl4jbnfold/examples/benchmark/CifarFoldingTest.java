package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

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
  }

  @Test
  void a_batch_without_random_numbers_is_the_images_as_they_are() throws IOException {
    Cifar10 all = Cifar10.training(folder);
    assertThat(all.count()).isEqualTo(5 * IN_A_FILE);
    DataSet batch = all.batch(new int[] {7, 500}, null);
    assertThat(batch.getFeatures().slice(1)).isEqualTo(all.images(500, 501).slice(0));
    assertThat(batch.getLabels().argMax(1).toIntVector())
        .containsExactly(all.labels()[7], all.labels()[500]);
  }

  @Test
  void an_image_is_moved_and_mirrored_by_random_numbers() throws IOException {
    Cifar10 all = Cifar10.training(folder);
    INDArray plain = all.images(4, 5);
    INDArray moved = all.images(new int[] {4}, new Random(1));
    assertThat(moved).isNotEqualTo(plain).isEqualTo(all.images(new int[] {4}, new Random(1)));
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
    Path checkpoints = folder.resolve("checkpoints");

    CifarFolding.main(
        new String[] {model.toString(), folder.toString(), checkpoints.toString(), "2", "1"});

    ComputationGraph folded =
        ComputationGraph.load(checkpoints.resolve("folded.zip").toFile(), true);
    assertThat(folded.outputSingle(Cifar10.training(folder).images(0, 2)).shape())
        .containsExactly(2, 10);
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
