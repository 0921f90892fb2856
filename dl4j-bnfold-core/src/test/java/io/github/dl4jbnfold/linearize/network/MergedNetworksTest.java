package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs whose activations become linear, and the layers that they become, borders included. */
class MergedNetworksTest {
  private static ConvolutionLayer.Builder conv(int outputs, int... kernel) {
    return new ConvolutionLayer.Builder(kernel)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU);
  }

  private static OutputLayer softmax() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static GlobalPoolingLayer pool() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
  }

  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(9, 7, 3, format);
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void two_convolutions_with_padding_become_one(CNN2DFormat format) {
    Folded.net(images(format))
        .layer("a", conv(5, 3, 3).build())
        .layer("b", conv(4, 3, 3).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(1)
        .hasNoGates()
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void strides_dilations_and_asymmetric_kernels(CNN2DFormat format) {
    Folded.net(images(format))
        .layer("a", conv(5, 3, 2).stride(2, 1).build())
        .layer("b", conv(4, 1, 3).activation(Activation.TANH).build())
        .layer("c", conv(4, 2, 2).dilation(2, 1).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void an_inverted_bottleneck_becomes_one_convolution(CNN2DFormat format) {
    Folded.net(images(format))
        .layer("expand", conv(12, 1, 1).build())
        .layer(
            "depthwise",
            new DepthwiseConvolution2D.Builder(3, 3)
                .nOut(12)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.RELU6)
                .build())
        .layer("project", conv(3, 1, 1).activation(Activation.IDENTITY).build())
        .add("sum", "project", "in")
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void depthwise_convolutions_stay_depthwise() {
    Folded folded =
        Folded.net(images(CNN2DFormat.NCHW))
            .layer(
                "a",
                new DepthwiseConvolution2D.Builder(3, 3)
                    .depthMultiplier(2)
                    .nOut(6)
                    .activation(Activation.RELU)
                    .build())
            .layer(
                "b",
                new DepthwiseConvolution2D.Builder(2, 2)
                    .nOut(6)
                    .activation(Activation.IDENTITY)
                    .build())
            .allLinear()
            .becomes(1)
            .equalOutputs();
    assertThat(folded.merged().getLayer("b").conf().getLayer())
        .isInstanceOf(DepthwiseConvolution2D.class);
  }

  @Test
  void a_separable_convolution_of_one_channel_ends_a_run() {
    Folded.net(images(CNN2DFormat.NCHW))
        .layer("a", conv(1, 3, 3).build())
        .layer("b", new SeparableConvolution2D.Builder(3, 3).nOut(1).build())
        .layer("c", conv(4, 1, 1).activation(Activation.IDENTITY).build())
        .allLinear()
        .equalOutputs();
  }

  @Test
  void separable_convolutions() {
    Folded.net(images(CNN2DFormat.NCHW))
        .layer(
            "a",
            new SeparableConvolution2D.Builder(3, 3)
                .nOut(5)
                .depthMultiplier(2)
                .activation(Activation.SIGMOID)
                .build())
        .layer("b", conv(4, 1, 1).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  private static Folded.Net residualBlocks(CNN2DFormat format) {
    return Folded.net(images(format))
        .layer("stem", conv(4, 3, 3).build())
        .layer("a", conv(6, 3, 3).build())
        .layer("b", conv(4, 3, 3).activation(Activation.IDENTITY).build())
        .add("sum1", "b", "stem")
        .layer("relu1", new ActivationLayer(Activation.RELU))
        .layer("c", conv(5, 3, 3).stride(2, 2).build())
        .layer("d", conv(6, 3, 3).activation(Activation.IDENTITY).build())
        .layer(
            "shortcut", conv(6, 1, 1).stride(2, 2).activation(Activation.IDENTITY).build(), "relu1")
        .add("sum2", "d", "shortcut")
        .layer("relu2", new ActivationLayer(Activation.RELU));
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void each_residual_block_becomes_one_convolution(CNN2DFormat format) {
    residualBlocks(format).allLinear().becomes(3).equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void residual_blocks_in_a_row_become_one_convolution(CNN2DFormat format) {
    residualBlocks(format)
        .options(LayerFoldingOptions.defaults().costs(Costs.DEPTH).padding(PaddingScope.RUNS))
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void padding_moves_only_for_what_is_expected_to_become_linear() {
    LayerFoldingOptions expecting =
        LayerFoldingOptions.defaults().costs(Costs.DEPTH).expecting("a-gate"::equals);
    residualBlocks(CNN2DFormat.NCHW).options(expecting).linear("a-gate").becomes(5).equalOutputs();
    residualBlocks(CNN2DFormat.NCHW).options(expecting).linear("c-gate").becomes(6).equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void a_convolution_goes_into_the_dense_layer_behind_it(CNN2DFormat format) {
    Folded.net(images(format))
        .layer("a", conv(4, 3, 3).stride(2, 2).build())
        .layer("b", conv(4, 3, 3).build())
        .layer("c", new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build())
        .layer("out", softmax())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void average_pools_are_linear() {
    Folded.net(images(CNN2DFormat.NCHW))
        .layer("a", conv(4, 3, 3).build())
        .layer(
            "pool",
            new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(2, 2).build())
        .layer("b", conv(4, 3, 3).build())
        .layer("global", pool())
        .layer("out", softmax())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void a_maximum_stays_between_two_pieces() {
    Folded.net(images(CNN2DFormat.NCHW))
        .layer("a", conv(4, 3, 3).build())
        .layer("b", conv(4, 3, 3).build())
        .layer(
            "pool",
            new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
        .layer("c", conv(4, 3, 3).build())
        .layer("d", conv(4, 3, 3).build())
        .allLinear()
        .becomes(2)
        .equalOutputs();
  }

  @ParameterizedTest
  @EnumSource(RNNFormat.class)
  void sequences(RNNFormat format) {
    Folded.net(InputType.recurrent(3, 11, format))
        .layer("a", sequence(3, format).activation(Activation.RELU).build())
        .layer("b", sequence(5, format).dilation(2).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  private static Convolution1DLayer.Builder sequence(int kernel, RNNFormat format) {
    return new Convolution1DLayer.Builder(kernel)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Same)
        .rnnDataFormat(format);
  }

  @Test
  void volumes() {
    Folded.net(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 5, 6, 7, 2))
        .layer("a", volume(3).activation(Activation.RELU).build())
        .layer("b", volume(2).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  private static Convolution3D.Builder volume(int kernel) {
    return new Convolution3D.Builder(kernel, kernel, kernel)
        .nOut(3)
        .convolutionMode(ConvolutionMode.Same);
  }

  @Test
  void dense_layers() {
    Folded.net(InputType.feedForward(6))
        .layer("a", new DenseLayer.Builder().nOut(9).activation(Activation.RELU).build())
        .layer("b", new DenseLayer.Builder().nOut(8).activation(Activation.SWISH).build())
        .layer("out", softmax())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void batch_normalizations_that_stay_are_merged_as_well() {
    Folded.net(images(CNN2DFormat.NCHW))
        .options(LayerFoldingOptions.defaults().foldingBatchNorms(false).costs(Costs.DEPTH))
        .layer("bn0", new BatchNormalization())
        .layer("a", conv(5, 3, 3).build())
        .layer("bn1", new BatchNormalization())
        .layer("b", conv(4, 3, 3).activation(Activation.IDENTITY).build())
        .layer("bn2", new BatchNormalization())
        .allLinear()
        .becomes(1)
        .equalOutputs();
  }

  @Test
  void an_activation_that_is_not_linear_stays_where_it_was() {
    Folded folded =
        Folded.net(images(CNN2DFormat.NCHW))
            .layer("a", conv(4, 3, 3).build())
            .layer("b", conv(4, 3, 3).build())
            .layer("c", conv(4, 3, 3).build())
            .linear("b-gate")
            .becomes(2)
            .hasNoGates()
            .equalOutputs();
    ConvolutionLayer first = (ConvolutionLayer) folded.merged().getLayer("a").conf().getLayer();
    assertThat(first.getActivationFn()).isEqualTo(Activation.RELU.getActivationFunction());
  }

  @Test
  void what_would_multiply_more_stays_apart() {
    Folded.net(images(CNN2DFormat.NCHW))
        .options(LayerFoldingOptions.defaults())
        .layer("a", conv(8, 3, 3).build())
        .layer("b", conv(8, 3, 3).build())
        .layer("c", conv(8, 3, 3).activation(Activation.IDENTITY).build())
        .allLinear()
        .equalOutputs();
  }

  @Test
  void without_moving_padding_nothing_merges_where_the_border_forbids_it() {
    Folded.net(images(CNN2DFormat.NCHW))
        .options(LayerFoldingOptions.defaults().padding(PaddingScope.NONE).costs(Costs.DEPTH))
        .layer("a", conv(5, 3, 3).build())
        .layer("b", conv(4, 3, 3).activation(Activation.IDENTITY).build())
        .allLinear()
        .becomes(2)
        .equalOutputs();
  }
}
