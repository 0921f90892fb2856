package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

/** Layers with a kernel of its own at every position. */
class LocallyConnectedLayersTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  private static LocallyConnected2D.Builder images() {
    return new LocallyConnected2D.Builder()
        .kernelSize(2, 3)
        .nOut(2)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(Activation.IDENTITY);
  }

  private static LocallyConnected1D.Builder sequences() {
    return new LocallyConnected1D.Builder()
        .kernelSize(2)
        .nOut(2)
        .setInputSize(8)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(Activation.IDENTITY);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_layer_of_images(CNN2DFormat format) {
    Chain.of(images(format), images().build(), norm(), wall()).removesAll();
    Chain.of(images(format), images().convolutionMode(ConvolutionMode.Same).build(), norm(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_layer_without_bias_gets_one(CNN2DFormat format) {
    Chain.of(images(format), images().hasBias(false).build(), norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_layer_because_every_position_answers_to_it_in_its_own_way(
      CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), images().build(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_scale_goes_forward_where_the_shift_can_go_back(CNN2DFormat format) {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(3).build();

    Chain.of(images(format), conv, norm(), images().build(), norm(), wall()).removesAll();
  }

  @Test
  void a_norm_goes_backward_into_a_layer_of_sequences() {
    for (boolean bias : new boolean[] {true, false}) {
      Chain.of(
              InputType.recurrent(3, 8),
              sequences().hasBias(bias).build(),
              new GlobalPoolingLayer(PoolingType.AVG),
              norm(),
              wall())
          .removesAll();
    }
  }

  @Test
  void a_shift_stops_before_a_layer_of_sequences() {
    Chain.of(
            InputType.feedForward(3),
            wall(),
            norm(),
            new RepeatVector.Builder<>(8).build(),
            sequences().build(),
            wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }
}
