package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.examples.model.ShapeImages;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class FoldAfterTrainingTest {
  @TempDir Path folder;

  @Test
  void the_fold_keeps_the_accuracy_and_the_original() {
    ComputationGraph network = Models.graph(DataType.DOUBLE);

    FoldAfterTraining.Accuracies accuracies =
        FoldAfterTraining.train(
            network, ShapeImages.batches(3, 16, 1), ShapeImages.batches(2, 40, 2), 2);

    assertThat(accuracies.folded()).isEqualTo(accuracies.trained());
    assertThat(accuracies.further()).isBetween(0.0, 1.0);
    assertThat(network.getNumLayers()).isEqualTo(14);
    assertThat(network.getIterationCount()).isEqualTo(6);
  }

  @Test
  void files_may_be_given() throws Exception {
    Path model = folder.resolve("model.zip");
    Models.graph(DataType.FLOAT).save(model.toFile(), true);
    String data = Models.images(folder.resolve("data"), 2).toString();

    FoldAfterTraining.run(model.toString(), data, data);
  }

  @Test
  void too_few_arguments_are_refused() {
    assertThatThrownBy(() -> FoldAfterTraining.run("model.zip"))
        .hasMessage("Give no arguments, or three: model.zip training test.");
  }
}
