package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

/** Convolutions of images, in both formats. */
class ConvolutionLayersTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(7, 6, 3, format);
  }

  /** A builder of a convolution with 4 outputs. */
  private static ConvolutionLayer.Builder conv(int... kernel) {
    return new ConvolutionLayer.Builder(kernel).nOut(4).convolutionMode(ConvolutionMode.Truncate);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_convolution(CNN2DFormat format) {
    Chain.of(images(format), conv(3, 2).build(), norm(), wall()).removesAll();
    Chain.of(images(format), conv(3, 2).hasBias(false).build(), norm(), wall()).removesAll();
    ConvolutionLayer same = conv(2, 3).convolutionMode(ConvolutionMode.Same).build();
    Chain.of(images(format), same, norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_into_a_convolution_that_reads_no_zeros(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), conv(3, 2).build(), wall()).removesAll();
    Chain.of(images(format), wall(), norm(), conv(3, 2).hasBias(false).build(), wall())
        .removesAll();
    Chain.of(images(format), wall(), norm(), conv(3, 2).stride(2, 1).build(), wall()).removesAll();
    Chain.of(images(format), wall(), norm(), conv(2, 2).dilation(2, 3).build(), wall())
        .removesAll();
    ConvolutionLayer strict =
        conv(3, 2).stride(2, 2).convolutionMode(ConvolutionMode.Strict).build();
    Chain.of(images(format), wall(), norm(), strict, wall()).removesAll();
    ConvolutionLayer point = conv(1, 1).convolutionMode(ConvolutionMode.Same).build();
    Chain.of(images(format), wall(), norm(), point, wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_convolution_that_reads_zeros(CNN2DFormat format) {
    ConvolutionLayer same = conv(3, 3).convolutionMode(ConvolutionMode.Same).build();
    Chain.of(images(format), wall(), norm(), same, wall()).keeps("layer1", Reason.SHIFT_CONFLICT);
    ConvolutionLayer padded = conv(3, 3).padding(0, 1).build();
    Chain.of(images(format), wall(), norm(), padded, wall()).keeps("layer1", Reason.SHIFT_CONFLICT);
    // Asymmetric: one row of zeros, below.
    ConvolutionLayer even = conv(2, 1).convolutionMode(ConvolutionMode.Same).build();
    Chain.of(images(format), wall(), norm(), even, wall()).keeps("layer1", Reason.SHIFT_CONFLICT);
    ConvolutionLayer paddedPoint = conv(1, 1).padding(1, 1).build();
    Chain.of(images(format), wall(), norm(), paddedPoint, wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void before_a_convolution_that_reads_zeros_the_shift_goes_back_and_the_scale_forward(
      CNN2DFormat format) {
    ConvolutionLayer same = conv(3, 3).convolutionMode(ConvolutionMode.Same).build();

    Chain.of(images(format), conv(2, 2).build(), norm(), same, norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_scale_goes_through_a_ReLU_inside_a_convolution(CNN2DFormat format) {
    ConvolutionLayer relu = conv(3, 3).activation(Activation.RELU).build();

    Chain.of(images(format), relu, norm(), conv(2, 2).build(), wall()).positive().removesAll();
    Chain.of(images(format), relu, norm(), wall())
        .positive()
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void the_other_name_of_the_layer_does_the_same(CNN2DFormat format) {
    Convolution2D layer = new Convolution2D();
    layer.setKernelSize(new int[] {2, 3});
    layer.setStride(new int[] {1, 1});
    layer.setPadding(new int[] {0, 0});
    layer.setDilation(new int[] {1, 1});
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    layer.setNOut(4);
    layer.setCudnnAllowFallback(true);

    Chain.of(images(format), layer, norm(), wall()).removesAll();
    Chain.of(images(format), wall(), norm(), layer, wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_through_the_flattening_before_a_dense_layer(CNN2DFormat format) {
    DenseLayer dense = new DenseLayer.Builder().nOut(5).build();

    ConvolutionLayer sigmoid = conv(1, 1).activation(Activation.SIGMOID).build();

    Chain.of(images(format), sigmoid, norm(), dense, wall()).removesAll();
  }
}
