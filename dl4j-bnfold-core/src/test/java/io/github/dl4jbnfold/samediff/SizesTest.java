package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SpaceToBatchND;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sizes that a placeholder leaves open: what is folded is right for those that no run of the fold
 * has seen.
 */
class SizesTest {
  /** [time, features] without a batch; a convolution over time behind a norm. */
  private static void unbatched(Net net, int kernel, int stride) {
    net.placeholder("x", -1, 4)
        .apply(4, v -> net.graph().expandDims(net.graph().permute(v, 1, 0), 0))
        .sigmoid()
        .batchNorm(Gamma.MIXED, 1, 4, 1e-3)
        .apply(3, v -> conv1d(net, v, kernel, stride));
  }

  private static SDVariable conv1d(Net net, SDVariable v, int kernel, int stride) {
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(kernel)
            .s(stride)
            .paddingMode(PaddingMode.SAME)
            .dataFormat("NCW")
            .build();
    return net.graph().cnn().conv1d("conv", v, net.weight("W", kernel, 4, 3), config);
  }

  @Test
  void a_first_axis_that_is_time_decides_whether_zeros_are_read() {
    // For an even number of steps nothing is padded, for an odd one a zero.
    Fold.nchw(net -> unbatched(net, 2, 2))
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputsFor(2, 4)
        .equalOutputsFor(5, 4)
        .equalOutputsFor(7, 4);
  }

  @Test
  void a_first_axis_that_is_time_has_no_border_map() {
    Fold.nchw(net -> unbatched(net, 3, 1))
        .equalOutputsFor(1, 4)
        .equalOutputsFor(2, 4)
        .equalOutputsFor(5, 4);
  }

  @Test
  void a_first_axis_of_stated_size_may_be_time() {
    Fold.nchw(
            net ->
                net.placeholder("x", 6, 4)
                    .apply(4, v -> net.graph().expandDims(net.graph().permute(v, 1, 0), 0))
                    .sigmoid()
                    .batchNorm(Gamma.MIXED, 1, 4, 1e-3)
                    .apply(3, v -> conv1d(net, v, 3, 1)))
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs();
  }

  @Test
  void one_number_for_an_axis_of_any_length_stays_one_number() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", -1, -1).variable();
              SDVariable inner = x.mul(one(net)).add(one(net));
              SDVariable outer = net.graph().nn().relu(inner, 0).mul(one(net)).add(one(net));
              net.graph().nn().sigmoid("y", outer);
            })
        .equalOutputsFor(3, 7)
        .equalOutputsFor(3, 1)
        .equalOutputs();
  }

  private static SDVariable one(Net net) {
    return net.constant("k", 1);
  }

  @Test
  void a_number_inside_an_operator_works_for_an_axis_of_any_length() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", -1, -1).variable();
              SDVariable outer = net.graph().nn().relu(x.mul(-1.7).add(0.3), 0).mul(2.1).sub(0.6);
              net.graph().nn().sigmoid("y", outer);
            })
        .equalOutputsFor(3, 7)
        .equalOutputsFor(3, 1)
        .equalOutputs();
  }

  @Test
  void a_gray_image_of_any_size_is_scaled_by_one_number() {
    Fold.nhwc(
            net ->
                net.imageOfAnySize(1)
                    .apply(1, v -> v.mul(one(net)))
                    .batchNorm()
                    .conv(3, 1, Padding.VALID))
        .removesAll()
        .equalOutputsFor(2, 8, 9, 1)
        .equalOutputsFor(2, 5, 1, 1)
        .equalOutputs();
  }

  @Test
  void one_number_that_takes_a_norm_of_a_gray_image_stays_one_number() {
    Fold.nhwc(net -> net.imageOfAnySize(1).apply(1, v -> v.mul(one(net))).batchNorm().sigmoid())
        .removesAll()
        .leaves("multiply", "sigmoid", "add")
        .equalOutputsFor(2, 8, 9, 1)
        .equalOutputs();
  }

  @Test
  void a_colour_image_of_any_size_is_scaled_by_one_number() {
    Fold.nhwc(
            net ->
                net.imageOfAnySize(3)
                    .apply(3, v -> v.mul(one(net)))
                    .batchNorm()
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .equalOutputsFor(2, 8, 3, 3)
        .equalOutputs();
  }

  /** Height and width are padded to a multiple of two, as TensorFlow computes it. */
  private static SDVariable toBatches(Net net, SDVariable v, SDVariable image) {
    SameDiff graph = net.graph();
    SDVariable zero = graph.constant(Nd4j.scalar(0));
    SDVariable paddings =
        graph
            .stack(0, zero, remainder(net, image, 1), zero, remainder(net, image, 2))
            .reshape(2, 2);
    SDVariable blocks = graph.constant(Nd4j.createFromArray(2, 2));
    return new SpaceToBatchND(
            graph,
            new SDVariable[] {v, blocks, paddings},
            new int[] {2, 2},
            new int[][] {{0, 0}, {0, 0}},
            false)
        .outputVariable();
  }

  private static SDVariable remainder(Net net, SDVariable image, int axis) {
    SDVariable size = net.graph().shape(image).get(SDIndex.point(axis));
    SDVariable two = net.graph().constant(Nd4j.scalar(2L));
    return net.graph().math().mod(size, two).castTo(DataType.INT32);
  }

  @Test
  void paddings_that_are_computed_from_the_size_may_be_zeros() {
    Fold.nhwc(
            net -> {
              Node image = net.imageOfAnySize(3);
              image
                  .sigmoid()
                  .batchNorm()
                  .apply(v -> toBatches(net, v, image.variable()))
                  .conv(2, 1, Padding.VALID);
            })
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputsFor(1, 8, 8, 3)
        .equalOutputsFor(1, 7, 7, 3)
        .equalOutputs();
  }

  /** Nearest neighbours; SameDiff itself builds no such operator. */
  private static SDVariable resized(Net net, SDVariable v, SDVariable size) {
    return new DynamicCustomOp(null, net.graph(), new SDVariable[] {v, size}, false) {
      @Override
      public String opName() {
        return "resize_nearest_neighbor";
      }

      @Override
      public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return inputs.subList(0, 1);
      }
    }.outputVariable();
  }

  @ParameterizedTest
  @ValueSource(strings = {"size", "wanted", "extent", "to"})
  void a_size_that_is_a_value_of_an_input_is_not_fixed_though_all_shapes_are(String name) {
    Fold.nhwc(
            net -> {
              SDVariable size = net.graph().placeHolder(name, DataType.INT32, 2).add(4);
              net.image(3, 5, 6)
                  .sigmoid()
                  .batchNorm()
                  .apply(v -> resized(net, v, size))
                  .conv(4, 3, Padding.SAME);
            })
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_size_that_is_computed_from_a_free_one_is_free() {
    // Twice the size is even, where SAME pads nothing; but that is more than two runs can tell.
    Fold.nhwc(
            net -> {
              Node image = net.imageOfAnySize(3);
              SDVariable sizes = net.graph().shape(image.variable()).get(SDIndex.interval(1, 3));
              image
                  .sigmoid()
                  .batchNorm()
                  .apply(v -> resized(net, v, sizes.castTo(DataType.INT32).mul(2)))
                  .conv(4, 2, Padding.SAME, 2, 1, false);
            })
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputsFor(2, 5, 6, 3)
        .equalOutputs();
  }

  @Test
  void a_stated_size_is_fixed_though_others_are_free() {
    Fold.nchw(
            net ->
                net.placeholder("x0", -1, 3, 8, -1)
                    .sigmoid()
                    .batchNorm()
                    .apply(4, v -> firstColumns(net, v))
                    .output())
        .removesAll()
        .equalOutputsFor(2, 3, 8, 5)
        .equalOutputs();
  }

  /** A convolution over rows and columns that is padded along the rows alone, by one. */
  private static SDVariable firstColumns(Net net, SDVariable v) {
    SDVariable column = v.get(SDIndex.all(), SDIndex.all(), SDIndex.all(), SDIndex.interval(0, 3));
    return net.node(column, 3).conv(4, 3, Padding.SAME).variable();
  }
}
