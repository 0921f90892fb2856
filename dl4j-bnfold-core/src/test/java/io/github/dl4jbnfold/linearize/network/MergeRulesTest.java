package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.Set;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the frontier may promise, and what merges then. */
class MergeRulesTest {
  private static final LayerFoldingOptions SHALLOW =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH);

  private static ConvolutionLayer same(Activation activation) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Same)
        .activation(activation)
        .build();
  }

  @Test
  void what_is_exact_for_even_sizes_only_stays_apart_where_sizes_are_open() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(9, 8, 3))
                .addLayer(
                    "halved",
                    new SubsamplingLayer.Builder(
                            SubsamplingLayer.PoolingType.AVG, new int[] {2, 2}, new int[] {2, 2})
                        .build(),
                    "image")
                .addLayer("conv", same(Activation.RELU), "halved")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "conv")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
                    "pool")
                .setOutputs("out")
                .build());
    network.init();
    LayerFoldingOptions unmoved = SHALLOW.padding(PaddingScope.NONE);
    assertThat(LayerFolding.linearize(network, Set.of(), unmoved).report().merged()).isEmpty();
    assertThat(LayerFolding.frontier(network, n -> 0, unmoved, (done, all) -> {}).choices())
        .allSatisfy(choice -> assertThat(choice.merges()).isEmpty());
  }

  private static Convolution1DLayer causal(int kernel) {
    return new Convolution1DLayer.Builder(kernel, 1)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Causal)
        .rnnDataFormat(RNNFormat.NWC)
        .activation(Activation.RELU)
        .build();
  }

  @Test
  void a_layer_that_could_not_be_written_does_not_stop_others_from_merging() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(causal(3))
                .layer(causal(1))
                .layer(causal(1))
                .layer(
                    new RnnOutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .dataFormat(RNNFormat.NWC)
                        .build())
                .setInputType(InputType.recurrent(5, 12, RNNFormat.NWC))
                .build());
    network.init();
    var frontier = LayerFolding.frontier(network, n -> 0, SHALLOW, (done, all) -> {});
    assertThat(frontier.costBefore()).isEqualTo(3);
    var gates = Set.copyOf(LayerFolding.prepare(network, SHALLOW).gates());
    assertThat(LayerFolding.linearize(network, gates, SHALLOW).report().merged().get(0).layers())
        .containsExactly("layer1", "layer2");
  }

  @Test
  void a_line_that_changes_nothing_becomes_no_layer() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(same(Activation.SIGMOID))
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(5, 5, 3))
                .build());
    network.init();
    LayerFoldingOptions fitted = SHALLOW.leastSquares(Nd4j.rand(DataType.DOUBLE, 4, 3, 5, 5));
    var gates = LayerFolding.prepare(network, fitted).gates();
    String relu = gates.get(gates.size() - 1);
    var converted = LayerFolding.linearize(network, Set.of(relu), fitted);
    assertThat(LayerFolding.depth(converted.network())).isEqualTo(LayerFolding.depth(network));
  }

  @Test
  void padding_moves_only_for_layers_with_an_activation_between_them() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(same(Activation.IDENTITY))
                .layer(same(Activation.RELU))
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(6, 5, 3))
                .build());
    network.init();
    RandomParameters.in(network, 8);
    INDArray x = Nd4j.rand(DataType.DOUBLE, 4, 3, 6, 5);
    INDArray before = network.output(x.dup());

    var prepared = LayerFolding.prepare(network, SHALLOW.start(0).expecting(gate -> false));
    assertThat(Agreement.of(before, prepared.network().output(x.dup())).maxRelativeError())
        .isLessThan(1e-12);
    var untouched = LayerFolding.linearize(network, Set.of(), SHALLOW);
    assertThat(Agreement.of(before, untouched.network().output(x.dup())).maxRelativeError())
        .isLessThan(1e-12);
    var frontier = LayerFolding.frontier(network, n -> 0, SHALLOW, (done, all) -> {});
    for (Choice choice : frontier.choices()) {
      var linear = LayerFolding.linearize(network, choice.linear(), SHALLOW).network();
      assertThat(LayerFolding.depth(linear)).isEqualTo((int) choice.cost());
    }
  }
}
