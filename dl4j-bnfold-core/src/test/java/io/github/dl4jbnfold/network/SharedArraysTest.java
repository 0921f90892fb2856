package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Activations write into the array that they read, which others may read as well. */
class SharedArraysTest {
  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  @ParameterizedTest
  @EnumSource
  void an_activation_that_reads_what_a_norm_read_leaves_it_to_the_other_readers(
      WorkspaceMode mode) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("x")
                .addLayer("a", dense(4), "x")
                .addLayer("n", new BatchNormalization(), "a")
                .addLayer("act", new ActivationLayer(Activation.RELU), "n")
                .addLayer("b", dense(4), "act")
                .addLayer("c", dense(4), "a")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "c")
                .addLayer("out", new ActivationLayer(Activation.TANH), "v")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build());
    graph.init();

    NetworkFold.of(RandomParameters.in(graph, 3, 0), FoldingOptions.defaults())
        .removesAll()
        .equalOutputs(5, 3);
  }

  @ParameterizedTest
  @EnumSource
  void the_input_of_the_network_stays_what_it_is_for_others(WorkspaceMode mode) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("x")
                .addLayer("n", new BatchNormalization(), "x")
                .addLayer("act", new ActivationLayer(Activation.RELU), "n")
                .addLayer("a", dense(4), "act")
                .addLayer("b", dense(4), "x")
                .addVertex("v", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .setOutputs("v")
                .setInputTypes(InputType.feedForward(3))
                .build());
    graph.init(); // The norm as it is fresh: it has a scale, and no shift.

    NetworkFold.of(graph, FoldingOptions.defaults()).removesAll().equalOutputs(5, 3);
  }
}
