package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions of sequences. A mask goes by them: Deeplearning4j never hands them one. */
class SequenceConvolutionsTest {
  private static final InputType NWC = InputType.recurrent(3, 9, RNNFormat.NWC);
  private static final InputType NCW = InputType.recurrent(3, 9, RNNFormat.NCW);

  private static Convolution1DLayer.Builder conv(int kernel, RNNFormat format) {
    return new Convolution1DLayer.Builder(kernel)
        .nOut(4)
        .rnnDataFormat(format)
        .convolutionMode(ConvolutionMode.Truncate);
  }

  private static Convolution1DLayer.Builder conv(int kernel) {
    return conv(kernel, RNNFormat.NWC);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_backward_into_a_convolution(ConvolutionMode mode) {
    for (boolean bias : new boolean[] {true, false}) {
      Convolution1DLayer layer = conv(3).hasBias(bias).convolutionMode(mode).build();
      Chain.of(NWC, layer, lastAxisNorm(), wall()).removesAll();
    }
  }

  @Test
  void a_norm_goes_forward_into_a_convolution_that_reads_no_zeros() {
    Chain.of(NWC, wall(), lastAxisNorm(), conv(3).build(), wall()).removesAll();
    Chain.of(NWC, wall(), lastAxisNorm(), conv(2).stride(2).build(), wall()).removesAll();
    Chain.of(NWC, wall(), lastAxisNorm(), conv(2).dilation(3).hasBias(false).build(), wall())
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource(names = {"Same", "Causal"})
  void a_shift_stops_before_a_convolution_that_reads_zeros(ConvolutionMode mode) {
    Chain.of(NWC, wall(), lastAxisNorm(), conv(2).convolutionMode(mode).build(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
    Chain.of(NWC, wall(), lastAxisNorm(), conv(3).padding(1).build(), wall())
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource(names = {"Same", "Causal"})
  void before_a_convolution_that_reads_zeros_the_shift_goes_back_and_the_scale_forward(
      ConvolutionMode mode) {
    Convolution1DLayer padded = conv(3).dilation(2).convolutionMode(mode).build();

    Chain.of(NWC, conv(2).build(), lastAxisNorm(), padded, lastAxisNorm(), wall()).removesAll();
  }

  @Test
  void the_other_name_of_the_layer_does_the_same() {
    Convolution1D layer = new Convolution1D();
    layer.setKernelSize(new int[] {3, 1});
    layer.setStride(new int[] {1, 1});
    layer.setPadding(new int[] {0, 0});
    layer.setDilation(new int[] {1, 1});
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    layer.setNOut(4);
    layer.setRnnDataFormat(RNNFormat.NWC);

    Chain.of(NWC, layer, lastAxisNorm(), wall()).removesAll();
    Chain.of(NWC, wall(), lastAxisNorm(), layer, wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void in_the_format_NCW_a_norm_goes_backward_through_the_pooling_behind_a_convolution(
      ConvolutionMode mode) {
    // A norm cannot read sequences in this format, so it reads what is pooled.
    Chain.of(
            NCW,
            conv(3, RNNFormat.NCW).convolutionMode(mode).build(),
            new GlobalPoolingLayer(PoolingType.AVG),
            norm(),
            wall())
        .removesAll();
  }

  @Test
  void in_the_format_NCW_a_norm_between_preprocessors_goes_forward_into_a_convolution() {
    Chain.of(NCW, wall(), norm(), conv(3, RNNFormat.NCW).build(), wall())
        .before(1, new RnnToFeedForwardPreProcessor(RNNFormat.NCW))
        .before(2, new FeedForwardToRnnPreProcessor(RNNFormat.NCW))
        .removesAll();
  }

  @Test
  void in_the_format_NCW_Deeplearning4j_itself_cannot_run_a_norm() {
    Chain.of(NCW, conv(3, RNNFormat.NCW).build(), norm(), wall())
        .refused("Deeplearning4j itself", "NWC");
  }
}
