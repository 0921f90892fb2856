package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Depthwise and separable convolutions, with several outputs for each input channel. */
class DepthwiseConvolutionsTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(7, 6, 3, format);
  }

  private static DepthwiseConvolution2D depthwise(ConvolutionMode mode, int multiplier) {
    return new DepthwiseConvolution2D.Builder()
        .kernelSize(2, 3)
        .depthMultiplier(multiplier)
        .nOut(3 * multiplier)
        .convolutionMode(mode)
        .build();
  }

  private static SeparableConvolution2D.Builder separable(ConvolutionMode mode) {
    return new SeparableConvolution2D.Builder()
        .kernelSize(2, 3)
        .depthMultiplier(2)
        .nOut(4)
        .convolutionMode(mode);
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(2, 2).nOut(3).build();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_depthwise_convolution(CNN2DFormat format) {
    for (ConvolutionMode mode :
        new ConvolutionMode[] {ConvolutionMode.Truncate, ConvolutionMode.Same}) {
      for (int multiplier = 1; multiplier <= 2; multiplier++) {
        Chain.of(images(format), depthwise(mode, multiplier), norm(), wall()).removesAll();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_into_a_depthwise_convolution_that_reads_no_zeros(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), depthwise(ConvolutionMode.Truncate, 2), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_depthwise_convolution_that_reads_zeros(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), depthwise(ConvolutionMode.Same, 2), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void norms_around_a_depthwise_convolution_that_reads_zeros_go_both_ways(CNN2DFormat format) {
    Chain.of(images(format), conv(), norm(), depthwise(ConvolutionMode.Same, 2), norm(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_separable_convolution(CNN2DFormat format) {
    Chain.of(images(format), separable(ConvolutionMode.Truncate).build(), norm(), wall())
        .removesAll();
    Chain.of(images(format), separable(ConvolutionMode.Same).hasBias(false).build(), norm(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_separable_convolution_of_one_channel_is_a_wall(CNN2DFormat format) {
    SeparableConvolution2D one =
        new SeparableConvolution2D.Builder().kernelSize(2, 3).nOut(1).build();
    Chain.of(InputType.convolutional(7, 6, 1, format), one, norm(), conv(), norm(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_into_a_separable_convolution_that_reads_no_zeros(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), separable(ConvolutionMode.Truncate).build(), wall())
        .removesAll();
    Chain.of(
            images(format),
            wall(),
            norm(),
            separable(ConvolutionMode.Truncate).hasBias(false).build(),
            wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_separable_convolution_that_reads_zeros(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), separable(ConvolutionMode.Same).build(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void norms_around_a_separable_convolution_that_reads_zeros_go_both_ways(CNN2DFormat format) {
    Chain.of(
            images(format), conv(), norm(), separable(ConvolutionMode.Same).build(), norm(), wall())
        .removesAll();
  }
}
