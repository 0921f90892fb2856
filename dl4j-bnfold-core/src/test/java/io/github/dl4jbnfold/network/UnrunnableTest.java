package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.verify.FoldingException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Networks that Deeplearning4j itself cannot run: what is said, and that it helps. */
class UnrunnableTest {
  /** A batch normalization of vectors that is an output. */
  private static ComputationGraphConfiguration normAsOutput(WorkspaceMode mode) {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .inferenceWorkspaceMode(mode)
        .graphBuilder()
        .addInputs("x")
        .addLayer("dense", dense(3, 4), "x")
        .addLayer("norm", new BatchNormalization.Builder().nIn(4).nOut(4).build(), "dense")
        .setOutputs("norm")
        .build();
  }

  /** A graph that goes on behind an output. */
  private static ComputationGraphConfiguration innerOutput(WorkspaceMode mode) {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .inferenceWorkspaceMode(mode)
        .graphBuilder()
        .addInputs("x")
        .addLayer("dense", dense(3, 4), "x")
        .addLayer("norm", new BatchNormalization.Builder().nIn(4).nOut(4).build(), "dense")
        .addLayer("more", dense(4, 2), "norm")
        .addLayer("out", dense(2, 2), "more")
        .setOutputs("dense", "out")
        .build();
  }

  private static DenseLayer dense(int inputs, int outputs) {
    return new DenseLayer.Builder()
        .nIn(inputs)
        .nOut(outputs)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Test
  void workspaces_that_cannot_hold_a_norm_as_output_are_named() {
    assertThatThrownBy(() -> NetworkFold.of(normAsOutput(WorkspaceMode.ENABLED)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("inferenceWorkspaceMode(WorkspaceMode.NONE)");
    NetworkFold.of(normAsOutput(WorkspaceMode.NONE)).removesAll().equalOutputs(2, 3);
  }

  @Test
  void so_are_they_where_a_graph_goes_on_behind_an_output() {
    assertThatThrownBy(() -> NetworkFold.of(innerOutput(WorkspaceMode.ENABLED)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("inferenceWorkspaceMode(WorkspaceMode.NONE)");
    NetworkFold.of(innerOutput(WorkspaceMode.NONE)).equalOutputs(2, 3);
  }
}
