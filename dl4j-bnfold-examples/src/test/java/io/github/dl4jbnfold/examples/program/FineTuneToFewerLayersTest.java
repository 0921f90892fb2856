package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class FineTuneToFewerLayersTest {
  private static final int BATCHES = 5;
  private static final int EPOCHS = 2;

  @TempDir Path folder;

  @Test
  void closed_gates_leave_fewer_layers_and_both_trainings_their_statistics() throws Exception {
    InMemoryStatsStorage statistics = new InMemoryStatsStorage();
    ComputationGraph network = Models.graph(DataType.FLOAT);
    int depth = LayerFolding.depth(network);

    ComputationGraph fewer =
        new FineTuneToFewerLayers(
                statistics,
                ShapeImages.batches(BATCHES, 8, 1),
                ShapeImages.batches(1, 20, 2),
                EPOCHS)
            .run(network, LayerFoldingOptions.defaults().start(1).rate(0));

    assertThat(LayerFolding.depth(fewer)).isLessThan(depth);
    assertThat(LayerFolding.alphas(fewer)).isEmpty();
    assertThat(statistics.listSessionIDs())
        .extracting(id -> statistics.getAllUpdatesAfter(id, StatsListener.TYPE_ID, 0).size())
        .containsExactly(1, 1);
  }
}
