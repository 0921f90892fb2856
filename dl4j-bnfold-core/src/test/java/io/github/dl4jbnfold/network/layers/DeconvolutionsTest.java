package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transposed convolutions of images; those of volumes are with the volumes. */
class DeconvolutionsTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  private static Deconvolution2D.Builder deconv(CNN2DFormat format) {
    return new Deconvolution2D.Builder()
        .kernelSize(3, 2)
        .stride(2, 1)
        .nOut(4)
        .convolutionMode(ConvolutionMode.Truncate)
        .dataFormat(format);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_transposed_convolution(CNN2DFormat format) {
    Chain.of(images(format), deconv(format).build(), norm(), wall()).removesAll();
    Chain.of(images(format), deconv(format).padding(1, 0).hasBias(false).build(), norm(), wall())
        .removesAll();
    Chain.of(
            images(format),
            deconv(format).stride(2, 2).convolutionMode(ConvolutionMode.Same).build(),
            norm(),
            wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_transposed_convolution(CNN2DFormat format) {
    Chain.of(images(format), wall(), norm(), deconv(format).build(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
    // Even where kernel and stride are equal, it may leave rows at the border that read nothing.
    Deconvolution2D tiles = deconv(format).kernelSize(2, 2).stride(2, 2).build();
    Chain.of(images(format), wall(), norm(), tiles, wall()).keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_scale_goes_forward_where_the_shift_can_go_back(CNN2DFormat format) {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(3).build();

    Chain.of(images(format), conv, norm(), deconv(format).build(), norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_kernel_of_one_position_is_a_plain_convolution(CNN2DFormat format) {
    Deconvolution2D point = deconv(format).kernelSize(1, 1).stride(1, 1).build();

    Chain.of(images(format), wall(), norm(), point, wall()).removesAll();
  }
}
