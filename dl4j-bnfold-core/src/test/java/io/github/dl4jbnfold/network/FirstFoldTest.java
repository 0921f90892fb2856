package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.verify.FoldingException;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** The plainest networks, before and after. */
class FirstFoldTest {
  @Test
  void batch_normalizations_behind_convolutions_and_dense_layers_go() {
    NetworkFold fold =
        NetworkFold.of(
                new NeuralNetConfiguration.Builder()
                    .dataType(DataType.DOUBLE)
                    .list()
                    .layer(
                        new ConvolutionLayer.Builder(3, 3)
                            .nOut(8)
                            .convolutionMode(ConvolutionMode.Same)
                            .activation(Activation.IDENTITY)
                            .hasBias(false)
                            .build())
                    .layer(new BatchNormalization())
                    .layer(new ActivationLayer(Activation.RELU))
                    .layer(
                        new DenseLayer.Builder().nOut(10).activation(Activation.IDENTITY).build())
                    .layer(new BatchNormalization())
                    .layer(new OutputLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build())
                    .setInputType(InputType.convolutional(9, 7, 3))
                    .build())
            .removesAll()
            .equalOutputs(5, 3, 9, 7);

    assertThat(((MultiLayerNetwork) fold.after()).getnLayers()).isEqualTo(4);
  }

  private static MultiLayerNetwork vectors() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new DenseLayer.Builder().nIn(5).nOut(4).activation(Activation.IDENTITY).build())
                .layer(new BatchNormalization.Builder().nIn(4).nOut(4).build())
                .layer(
                    new OutputLayer.Builder().nIn(4).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return RandomParameters.in(network, 3);
  }

  @Test
  void a_network_that_answers_with_no_finite_number_is_not_folded() {
    MultiLayerNetwork network = vectors();
    network.getLayer(0).getParam("W").putScalar(0, Double.NaN);
    assertThatThrownBy(() -> BatchNormFolding.foldCopy(network, FoldingOptions.defaults()))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("no finite number");
  }

  @Test
  void an_output_that_the_network_does_not_have_is_refused() {
    FoldingOptions options = FoldingOptions.defaults().outputs("elsewhere");
    assertThatThrownBy(() -> BatchNormFolding.foldCopy(vectors(), options))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("no output 'elsewhere'");
  }
}
