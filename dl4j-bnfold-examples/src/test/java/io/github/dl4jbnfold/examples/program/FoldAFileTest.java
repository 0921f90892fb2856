package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

class FoldAFileTest {
  @TempDir Path folder;

  private Path model;
  private Path folded;

  @BeforeEach
  void paths() {
    model = folder.resolve("model.zip");
    folded = folder.resolve("folded.zip");
  }

  private static void assertEqual(INDArray before, INDArray after) {
    assertThat(after.sub(before).amaxNumber().doubleValue())
        .isLessThan(1e-9 * before.amaxNumber().doubleValue());
  }

  @Test
  void the_file_of_a_graph_becomes_one_without_normalizations_and_with_its_outputs()
      throws IOException {
    ComputationGraph network = Models.graph(DataType.DOUBLE);
    network.save(model.toFile(), true);

    FoldAFile.run(
        model.toString(), folded.toString(), Models.images(folder.resolve("data"), 2).toString());

    ComputationGraph after = ComputationGraph.load(folded.toFile(), true);
    assertThat(after.getNumLayers()).isEqualTo(network.getNumLayers() - 4);
    INDArray images = Nd4j.rand(DataType.DOUBLE, 6, 1, 16, 16);
    assertEqual(network.outputSingle(images), after.outputSingle(images));
    assertThat(Files.list(folder).map(path -> path.getFileName().toString()))
        .containsExactlyInAnyOrder("model.zip", "folded.zip", "data");
  }

  @Test
  void a_network_of_layers_keeps_the_normalizer_in_its_file() throws Exception {
    MultiLayerNetwork network = Models.layers();
    NormalizerStandardize normalizer = new NormalizerStandardize();
    normalizer.fit(new DataSet(Nd4j.rand(9, Models.FEATURES), Nd4j.zeros(9, 3)));
    network.save(model.toFile(), true);
    ModelSerializer.addNormalizerToModel(model.toFile(), normalizer);

    FoldAFile.run(model.toString(), folded.toString());

    MultiLayerNetwork after = MultiLayerNetwork.load(folded.toFile(), true);
    assertThat(after.getnLayers()).isEqualTo(5);
    INDArray rows = Nd4j.rand(DataType.DOUBLE, 7, Models.FEATURES);
    assertEqual(network.output(rows), after.output(rows));
    NormalizerStandardize kept = ModelSerializer.restoreNormalizerFromFile(folded.toFile());
    assertThat(kept.getMean()).isEqualTo(normalizer.getMean());
  }

  @Test
  void a_file_that_exists_is_not_replaced() throws IOException {
    Models.layers().save(model.toFile(), true);
    Files.writeString(folded, "another network");

    assertThatThrownBy(() -> FoldAFile.run(model.toString(), folded.toString()))
        .isInstanceOf(IOException.class)
        .hasMessage(folded + ": it exists already. Give another name.");

    assertThat(folded).hasContent("another network");
  }

  @Test
  void a_damaged_file_is_named() throws IOException {
    Files.writeString(model, "no network");
    assertThatThrownBy(() -> FoldAFile.run(model.toString(), folded.toString()))
        .hasMessage(
            model
                + ": it is a damaged or truncated zip file. Maybe write it again with"
                + " ModelSerializer.");
    assertThat(folded).doesNotExist();
  }

  @Test
  void batches_of_another_network_are_named_and_nothing_is_written() throws IOException {
    Models.layers().save(model.toFile(), true);
    Path data = Models.images(folder.resolve("data"), 1);
    assertThatThrownBy(() -> FoldAFile.run(model.toString(), folded.toString(), data.toString()))
        .hasMessageStartingWith(data.resolve("batch-0") + ": the network does not take features");
    assertThat(folded).doesNotExist();
  }
}
