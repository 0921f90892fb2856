package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

/** Layers that move, repeat, drop or pad positions; those of volumes are with the volumes. */
class PositionLayersTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(7, 5, 3, format);
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(2, 2).nOut(3).build();
  }

  private static void passes(CNN2DFormat format, Layer layer) {
    ConvolutionLayer sigmoid =
        new ConvolutionLayer.Builder(1, 1).nOut(3).activation(Activation.SIGMOID).build();
    Chain.of(images(format), conv(), layer, norm(), wall()).removesAll();
    Chain.of(images(format), sigmoid, norm(), layer, conv(), wall()).removesAll();
  }

  private static void passesScalesOnly(CNN2DFormat format, Layer layer) {
    Chain.of(images(format), conv(), layer, norm(), wall()).keeps("layer2", Reason.SHIFT_CONFLICT);
    Chain.of(images(format), wall(), norm(), layer, conv(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
    Chain.of(images(format), conv(), norm(), layer, norm(), conv(), wall()).removesAll();
    Chain.of(images(format), conv(), layer, norm(), wall()).centred().removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_an_upsampling(CNN2DFormat format) {
    passes(format, new Upsampling2D.Builder(2).dataFormat(format).build());
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_a_cropping(CNN2DFormat format) {
    passes(format, new Cropping2D(format, 1, 0, 0, 2));
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_at_a_padding(CNN2DFormat format) {
    passesScalesOnly(format, new ZeroPaddingLayer.Builder(1, 0, 0, 2).dataFormat(format).build());
  }

  /** Channel b·C + c of the output is channel c of the input at position b of a block. */
  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_through_blocks_that_become_channels(CNN2DFormat format) {
    InputType images = InputType.convolutional(6, 4, 3, format);
    SpaceToDepthLayer layer = new SpaceToDepthLayer.Builder<>(2, format).build();

    Chain.of(images, wall(), norm(), layer, conv(), wall()).removesAll();
    // Backward the four norms of a channel would have to be equal.
    Chain.of(images(format), conv(), layer, norm(), wall()).keeps("layer2", Reason.SCALE_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_blocks_that_become_examples(CNN2DFormat format) {
    SpaceToBatchLayer layer =
        new SpaceToBatchLayer.Builder<>(new int[] {2, 2}).dataFormat(format).build();
    InputType images = InputType.convolutional(7, 5, 3, format);
    InputType even = InputType.convolutional(8, 6, 3, format);

    Chain.of(images, conv(), layer, norm(), wall()).removesAll();
    Chain.of(even, wall(), norm(), layer, conv(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_where_blocks_are_filled_up_with_zeros(CNN2DFormat format) {
    SpaceToBatchLayer layer =
        new SpaceToBatchLayer.Builder<>(new int[] {2, 2}, new int[][] {{1, 0}, {0, 1}})
            .dataFormat(format)
            .build();

    Chain.of(images(format), wall(), norm(), layer, conv(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_through_a_repetition(RNNFormat format) {
    RepeatVector repeat = new RepeatVector.Builder<>(4).dataFormat(format).build();
    LSTM lstm = new LSTM.Builder().nOut(2).build();

    Chain.of(InputType.feedForward(3), wall(), norm(), repeat, lstm, wall()).removesAll();
  }

  /** A norm cannot read sequences in the format NCW, so it reads what is pooled. */
  private static Chain backward(Layer layer) {
    return Chain.of(
        InputType.recurrent(3, 8),
        new Convolution1DLayer.Builder(2).nOut(3).build(),
        layer,
        new GlobalPoolingLayer(PoolingType.AVG),
        norm(),
        wall());
  }

  private static Chain forward(Layer layer) {
    return Chain.of(
        InputType.feedForward(3),
        wall(),
        norm(),
        new RepeatVector.Builder<>(6).build(),
        layer,
        new Convolution1DLayer.Builder(2).nOut(3).build(),
        wall());
  }

  @Test
  void a_norm_goes_through_an_upsampling_of_sequences() {
    backward(new Upsampling1D.Builder(2).build()).removesAll();
    forward(new Upsampling1D.Builder(2).build()).removesAll();
  }

  @Test
  void a_norm_goes_through_a_cropping_of_sequences() {
    backward(new Cropping1D(1, 2)).removesAll();
    forward(new Cropping1D(1, 2)).removesAll();
  }

  @Test
  void a_shift_stops_at_a_padding_of_sequences() {
    backward(new ZeroPadding1DLayer(1, 2)).keeps("layer3", Reason.SHIFT_CONFLICT);
    forward(new ZeroPadding1DLayer(1, 2)).keeps("layer1", Reason.SHIFT_CONFLICT);
    backward(new ZeroPadding1DLayer(1, 2)).centred().removesAll();
  }
}
