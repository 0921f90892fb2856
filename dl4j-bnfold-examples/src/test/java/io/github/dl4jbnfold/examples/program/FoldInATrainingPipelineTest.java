package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.model.SavedGraph;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FoldInATrainingPipelineTest {
  @TempDir Path folder;

  @Test
  void what_is_deployed_is_folded_and_what_is_trained_is_not() throws Exception {
    ComputationGraph network = Models.graph(DataType.FLOAT);
    Path deployed = folder.resolve("deployed.zip");

    new FoldInATrainingPipeline(
            ShapeImages.batches(4, 8, 1), ShapeImages.batches(1, 40, 2), deployed)
        .run(network, 1, 1);

    ComputationGraph folded = SavedGraph.read(deployed);
    assertThat(BatchNormFolding.plan(folded, FoldingOptions.defaults()).batchNorms()).isZero();
    assertThat(BatchNormFolding.plan(network, FoldingOptions.defaults()).batchNorms()).isEqualTo(4);
    assertThat(Files.list(folder)).containsExactly(deployed);
  }
}
