package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Explicit padding with zeros, with another number, mirrored, and of channels. */
class PaddingOperatorTest {
  private static SDVariable pad(Net net, SDVariable v, PadMode mode, double value, int... widths) {
    int[][] pairs = new int[widths.length / 2][];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = new int[] {widths[2 * i], widths[2 * i + 1]};
    }
    SDVariable amounts = net.graph().constant("widths", Nd4j.createFromArray(pairs));
    return net.graph().nn().pad("padded", v, amounts, mode, value);
  }

  @Test
  void a_factor_goes_forward_through_zeros() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .multiplyConstant()
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 0, 0, 1, 2, 0, 1))
                    .conv(4, 3, Padding.VALID))
        .leaves("pad", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_factor_goes_back_through_zeros() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 1, 2, 0, 1, 0, 0))
                    .multiplyConstant()
                    .sigmoid())
        .leaves("conv2d", "pad", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_shift_behind_zeros_does_not_go_back() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 0, 0, 1, 2, 0, 1))
                    .addConstant()
                    .sigmoid())
        .equalOutputs();
  }

  @Test
  void a_norm_behind_another_number_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 2, 0, 0, 0, 0, 1, 2, 0, 1))
                    .batchNorm()
                    .sigmoid())
        .equalOutputs();
  }

  @Test
  void a_norm_before_another_number_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 2, 0, 0, 0, 0, 1, 2, 0, 1))
                    .conv(5, 3, Padding.VALID))
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_reflection() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> pad(net, v, PadMode.REFLECT, 0, 0, 0, 0, 0, 1, 2, 0, 1))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_symmetric_padding() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(v -> pad(net, v, PadMode.SYMMETRIC, 0, 0, 0, 1, 2, 0, 1, 0, 0))
                    .conv(5, 3, Padding.VALID))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_mirrored_channels_keeps_its_function() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(8, v -> pad(net, v, PadMode.REFLECT, 0, 0, 0, 1, 2, 0, 0, 0, 0))
                    .batchNorm(Gamma.MIXED, 1, 8, 1e-3)
                    .sigmoid())
        .equalOutputs();
  }

  /** TensorFlow's operator: 0 reflects, 1 repeats the border. */
  private static SDVariable mirrorPad(Net net, SDVariable v, int mode, int[]... widths) {
    SDVariable amounts = net.graph().constant("widths", Nd4j.createFromArray(widths));
    DynamicCustomOp pad =
        new DynamicCustomOp(null, net.graph(), new SDVariable[] {v, amounts}) {
          @Override
          public String opName() {
            return "mirror_pad";
          }

          @Override
          public List<DataType> calculateOutputDataTypes(List<DataType> types) {
            return List.of(types.get(0));
          }
        };
    pad.addIArgument(mode);
    return pad.outputVariable();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_norm_goes_back_through_a_mirror_in_either_mode(int mode) {
    Fold.nchw(
            net ->
                net.imageOfAnySize(3)
                    .conv(5, 3, Padding.VALID)
                    .apply(
                        v -> mirrorPad(net, v, mode, new int[][] {{0, 0}, {0, 0}, {1, 2}, {0, 1}}))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "mirror_pad", "sigmoid")
        .equalOutputs();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_norm_goes_forward_through_a_mirror_in_either_mode(int mode) {
    Fold.nhwc(
            net ->
                net.imageOfAnySize(3)
                    .sigmoid()
                    .batchNorm()
                    .apply(
                        v -> mirrorPad(net, v, mode, new int[][] {{0, 0}, {2, 1}, {1, 0}, {0, 0}}))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("sigmoid", "mirror_pad", "conv2d")
        .equalOutputs();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_norm_behind_a_mirror_of_channels_keeps_its_function(int mode) {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(
                        8,
                        v -> mirrorPad(net, v, mode, new int[][] {{0, 0}, {1, 2}, {0, 0}, {0, 0}}))
                    .batchNorm(Gamma.MIXED, 1, 8, 1e-3)
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_zero_channels() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(6, v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 1, 2, 0, 0, 0, 0))
                    .conv(5, 3, Padding.VALID))
        .removesAll()
        .leaves("pad", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_shift_of_zero_channels_does_not_go_back() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(8, v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 1, 2, 0, 0, 0, 0))
                    .batchNorm(Gamma.MIXED, 1, 8, 1e-3)
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_batch_padded_with_zeros_passes_no_shift() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 0, 1, 0, 0, 0, 0, 0, 0, 0))
                    .addConstant()
                    .sigmoid())
        .equalOutputs();
  }

  @Test
  void zeros_before_a_maximum_are_seen_by_negative_values() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .batchNorm()
                    .apply(v -> pad(net, v, PadMode.CONSTANT, 0, 0, 0, 0, 0, 1, 1, 1, 1))
                    .maxPool(3, 2, 0)
                    .conv(4, 3, Padding.SAME))
        .removesAll()
        .leaves("conv2d", "pad", "maxpool2d", "conv2d")
        .equalOutputs();
  }
}
