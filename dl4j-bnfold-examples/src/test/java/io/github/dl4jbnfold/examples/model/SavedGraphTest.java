package io.github.dl4jbnfold.examples.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.examples.training.GatedNetworks;
import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class SavedGraphTest {
  @TempDir Path folder;

  @Test
  void a_network_of_layers_becomes_a_graph_that_goes_on_as_it_would_have() throws IOException {
    MultiLayerNetwork layers = RandomParameters.in(GatedNetworks.plainLayers(new Adam(0.01)), 2);
    DataSet batch = GatedNetworks.batches(1, 1).get(0);
    layers.fit(batch);
    Path file = folder.resolve("layers.zip");
    layers.save(file.toFile(), true);

    ComputationGraph graph = SavedGraph.read(file);

    INDArray rows = Nd4j.rand(4, 5);
    assertThat(graph.outputSingle(rows)).isEqualTo(layers.output(rows));
    assertThat(graph.getUpdater().getUpdaterStateViewArray())
        .isEqualTo(layers.getUpdater().getStateViewArray());
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    Path nowhere = folder.resolve("nowhere.zip");
    assertThatThrownBy(() -> SavedGraph.read(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessage(nowhere + ": there is no such file. Check the path.");
  }

  @Test
  void a_place_without_a_directory_is_named() throws IOException {
    SavedGraph.checkFolder(folder.resolve("out.zip"));
    Path nowhere = folder.resolve("nowhere/out.zip");
    assertThatThrownBy(() -> SavedGraph.checkFolder(nowhere))
        .hasMessage(nowhere + ": there is no directory for it. Make it first.");
  }
}
