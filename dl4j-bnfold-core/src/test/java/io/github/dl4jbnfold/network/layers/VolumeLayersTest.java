package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Convolution3D.DataFormat;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;

/**
 * Layers on volumes. No batch normalization reads volumes, so one stands behind a global pool, or
 * before a volume of one position, which an upsampling makes larger.
 */
class VolumeLayersTest {
  private static final int CHANNELS = 3;

  private static Convolution3D.Builder conv(DataFormat format, int... kernel) {
    return new Convolution3D.Builder(kernel)
        .nOut(4)
        .dataFormat(format)
        .convolutionMode(ConvolutionMode.Truncate);
  }

  /** The layer, a pool over all positions, and a norm of the channels. */
  private static Chain backward(DataFormat format, Layer... before) {
    int axis = format == DataFormat.NCDHW ? 2 : 1;
    GlobalPoolingLayer pool =
        new GlobalPoolingLayer.Builder(PoolingType.AVG)
            .poolingDimensions(axis, axis + 1, axis + 2)
            .build();
    Layer[] layers = new Layer[before.length + 3];
    System.arraycopy(before, 0, layers, 0, before.length);
    layers[before.length] = pool;
    layers[before.length + 1] = norm();
    layers[before.length + 2] = wall();
    return Chain.of(InputType.convolutional3D(format, 4, 3, 5, CHANNELS), layers);
  }

  /** A norm of vectors that become volumes of several equal positions. */
  private static Chain forward(DataFormat format, Layer... behind) {
    Layer[] layers = new Layer[behind.length + 4];
    layers[0] = new DenseLayer.Builder().nOut(CHANNELS).activation(Activation.SIGMOID).build();
    layers[1] = norm();
    layers[2] = new Upsampling3D.Builder(format, 3).build();
    System.arraycopy(behind, 0, layers, 3, behind.length);
    layers[behind.length + 3] = wall();
    boolean first = format == DataFormat.NCDHW;
    return Chain.of(InputType.feedForward(CHANNELS), layers)
        .before(2, new FeedForwardToCnn3DPreProcessor(1, 1, 1, CHANNELS, first));
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_convolution(DataFormat format) {
    backward(format, conv(format, 2, 3, 2).build()).removesAll();
    backward(format, conv(format, 2, 2, 3).hasBias(false).build()).removesAll();
    backward(format, conv(format, 2, 3, 3).convolutionMode(ConvolutionMode.Same).build())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_into_a_convolution_that_reads_no_zeros(DataFormat format) {
    forward(format, conv(format, 2, 3, 1).build()).removesAll();
    forward(format, conv(format, 2, 2, 1).stride(1, 1, 2).hasBias(false).build()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_convolution_that_reads_zeros(DataFormat format) {
    forward(format, conv(format, 2, 2, 2).convolutionMode(ConvolutionMode.Same).build())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
    forward(format, conv(format, 2, 2, 2).padding(0, 0, 1).build())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  private static Deconvolution3D.Builder deconv(DataFormat format) {
    return new Deconvolution3D.Builder()
        .kernelSize(2, 3, 2)
        .stride(2, 1, 1)
        .nOut(4)
        .dataFormat(format);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_transposed_convolution(DataFormat format) {
    backward(format, deconv(format).build()).removesAll();
    backward(format, deconv(format).hasBias(false).build()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_shift_stops_before_a_transposed_convolution(DataFormat format) {
    forward(format, deconv(format).build()).keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_scale_passes_a_transposed_convolution_both_ways(DataFormat format) {
    // The first norm gives its shift back to the first convolution, and its scale on.
    backward(
            format,
            conv(format, 2, 2, 2).build(),
            deconv(format).build(),
            conv(format, 1, 1, 1).build())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_through_an_average_that_counts_no_padding(DataFormat format) {
    Subsampling3DLayer pool =
        new Subsampling3DLayer.Builder(PoolingType.AVG)
            .kernelSize(2, 2, 2)
            .stride(1, 1, 2)
            .convolutionMode(ConvolutionMode.Same)
            .dataFormat(format)
            .build();

    backward(format, conv(format, 2, 2, 2).build(), pool).removesAll();
    forward(format, pool, conv(format, 1, 1, 1).build()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_positive_norm_goes_through_a_maximum(DataFormat format) {
    Subsampling3DLayer pool =
        new Subsampling3DLayer.Builder(PoolingType.MAX)
            .kernelSize(2, 2, 2)
            .stride(1, 2, 1)
            .dataFormat(format)
            .build();

    backward(format, conv(format, 2, 2, 2).build(), pool).positive().removesAll();
    forward(format, pool, conv(format, 1, 1, 1).build()).positive().removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_through_an_upsampling(DataFormat format) {
    Upsampling3D up = new Upsampling3D.Builder(format, 2).build();

    backward(format, conv(format, 2, 2, 2).build(), up).removesAll();
  }

  @Test
  void a_norm_goes_through_a_cropping() {
    Cropping3D crop = new Cropping3D(1, 0, 0, 1, 1, 1);

    backward(DataFormat.NCDHW, conv(DataFormat.NCDHW, 1, 1, 1).build(), crop).removesAll();
    forward(DataFormat.NCDHW, crop, conv(DataFormat.NCDHW, 1, 1, 1).build()).removesAll();
  }

  @Test
  void a_shift_stops_before_a_padding() {
    ZeroPadding3DLayer padding = new ZeroPadding3DLayer.Builder(1, 0, 1).build();

    forward(DataFormat.NCDHW, padding, conv(DataFormat.NCDHW, 1, 1, 1).build())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
    backward(DataFormat.NCDHW, conv(DataFormat.NCDHW, 1, 1, 1).build(), padding)
        .keeps("layer3", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_through_a_loss_without_activation(DataFormat format) {
    Cnn3DLossLayer loss =
        new Cnn3DLossLayer.Builder(format).activation(Activation.IDENTITY).build();

    backward(format, conv(format, 2, 2, 2).build(), loss).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void Deeplearning4j_itself_cannot_run_a_norm_of_volumes(DataFormat format) {
    Chain.of(
            InputType.convolutional3D(format, 4, 4, 4, CHANNELS),
            conv(format, 2, 2, 2).build(),
            norm(),
            wall())
        .refused("Deeplearning4j itself", "volumes");
  }
}
