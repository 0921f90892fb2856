package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Resizing, and moving blocks between space, depth and batch. */
class ResizeTest {
  @Test
  void a_norm_goes_forward_through_upsampling() {
    Fold.nchw(
            net ->
                net.image(3, 5, 4)
                    .batchNorm()
                    .apply(v -> net.graph().cnn().upsampling2d("up", v, 2, 3, true))
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("upsampling2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_channels_last_upsampling() {
    Fold.nhwc(
            net ->
                net.image(3, 5, 4)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> net.graph().cnn().upsampling2d("up", v, 2, 3, false))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "upsampling2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_upsampling_in_three_dimensions() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 3, 2, 3, 4)
                    .apply(3, v -> v)
                    .batchNorm(Gamma.MIXED, 1, 3, 1e-3)
                    .apply(v -> net.graph().cnn().upsampling3d("up", v, true, 2, 1, 2))
                    .apply(3, v -> v.mean("mean", 2, 3, 4))
                    .apply(5, v -> v.mmul("product", net.weight("W", 3, 5))))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_bilinear_resizing() {
    Net net = Net.nhwc(1);
    net.image(3, 5, 4)
        .conv(4, 3, Padding.SAME)
        .apply(v -> net.graph().image().resizeBiLinear("up", v, 9, 7, false, false))
        .batchNorm()
        .sigmoid();
    foldsInPlace(net, "sigmoid", "conv2d", "resize_bilinear", "sigmoid");
  }

  @Test
  void a_norm_goes_forward_through_bilinear_resizing_to_smaller_images() {
    Net net = Net.nhwc(1);
    net.image(3, 9, 8)
        .batchNorm()
        .apply(v -> net.graph().image().resizeBiLinear("down", v, 4, 5, false, true))
        .conv(4, 3, Padding.VALID);
    foldsInPlace(net, "conv", "resize_bilinear", "conv2d");
  }

  /** 1.0.0-M2.1 cannot copy or save a graph with resize_bilinear, so there is no graph before. */
  private static void foldsInPlace(Net net, String output, String... left) {
    SameDiff graph = net.graph();
    long[] shape = graph.getVariable("x0").placeholderShape().clone();
    shape[0] = 3;
    Map<String, INDArray> input = Map.of("x0", net.gaussian(1, shape));
    INDArray before = graph.output(input, output).get(output).dup();
    assertThat(BatchNormFolding.fold(graph).kept()).isEmpty();
    INDArray after = graph.output(input, output).get(output);
    assertThat(Agreement.of(before, after).maxRelativeError()).isLessThan(1e-9);
    assertThat(graph.getOps().values()).extracting(op -> op.getOp().opName()).containsExactly(left);
  }

  @Test
  void a_norm_goes_through_nearest_neighbour_resizing() {
    Fold.nhwc(
            net -> {
              SDVariable size = net.graph().constant("size", Nd4j.createFromArray(10, 8));
              net.image(3, 5, 4)
                  .batchNorm()
                  .apply(v -> nearest(net, v, size))
                  .conv(4, 3, Padding.VALID);
            })
        .removesAll()
        .leaves("resize_nearest_neighbor", "conv2d")
        .equalOutputs();
  }

  /** SameDiff has no method for this operator, importers add it. */
  private static SDVariable nearest(Net net, SDVariable v, SDVariable size) {
    return new DynamicCustomOp(null, net.graph(), new SDVariable[] {v, size}) {
      @Override
      public String opName() {
        return "resize_nearest_neighbor";
      }

      @Override
      public List<DataType> calculateOutputDataTypes(List<DataType> types) {
        return List.of(types.get(0));
      }
    }.outputVariable();
  }

  @Test
  void a_norm_behind_bicubic_resizing_stays() {
    Fold.nhwc(
            net -> {
              SDVariable size = net.graph().constant("size", Nd4j.createFromArray(10, 8));
              net.image(3, 5, 4)
                  .conv(4, 3, Padding.SAME)
                  .apply(v -> net.graph().image().resizeBiCubic("up", v, size, false, false))
                  .batchNorm()
                  .sigmoid();
            })
        .removes(0)
        // ND4J gives other values for the same input in a second run, so outputs are not compared.
        .keeps("bn", Reason.SCALE_CONFLICT);
  }

  @Test
  void a_norm_goes_forward_through_space_to_depth() {
    Fold.nchw(
            net ->
                net.image(3, 6, 4)
                    .batchNorm()
                    .apply(12, v -> net.graph().cnn().spaceToDepth("deep", v, 2, DataFormat.NCHW))
                    .conv(5, 1, Padding.VALID))
        .removesAll()
        .leaves("space_to_depth", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_through_channels_last_space_to_depth() {
    Fold.nhwc(
            net ->
                net.image(3, 6, 4)
                    .batchNorm()
                    .apply(12, v -> net.graph().cnn().spaceToDepth("deep", v, 2, DataFormat.NHWC))
                    .conv(5, 1, Padding.VALID))
        .removesAll()
        .leaves("space_to_depth", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_with_twelve_scales_does_not_go_back_through_space_to_depth() {
    Fold.nchw(
            net ->
                net.image(5, 6, 4)
                    .conv(3, 3, Padding.SAME)
                    .apply(12, v -> net.graph().cnn().spaceToDepth("deep", v, 2, DataFormat.NCHW))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_depth_to_space() {
    Fold.nchw(
            net ->
                net.image(5, 3, 4)
                    .conv(12, 3, Padding.SAME)
                    .apply(3, v -> net.graph().cnn().depthToSpace("wide", v, 2, DataFormat.NCHW))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "depth_to_space", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_channels_last_depth_to_space() {
    Fold.nhwc(
            net ->
                net.image(5, 3, 4)
                    .conv(12, 3, Padding.SAME)
                    .apply(3, v -> net.graph().cnn().depthToSpace("wide", v, 2, DataFormat.NHWC))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "depth_to_space", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_space_to_batch_without_padding() {
    Fold.nhwc(net -> dilated(net, 0)).removesAll().leavesNo("batchnorm").equalOutputs();
  }

  @Test
  void a_shift_does_not_go_forward_through_space_to_batch_with_padding() {
    Fold.nhwc(
            net ->
                net.placeholder("x", 2, 6, 4, 3)
                    .batchNorm()
                    .apply(
                        v ->
                            net.graph()
                                .cnn()
                                .spaceToBatch("s2b", v, new int[] {2, 2}, new int[] {2, 0}, 0, 0))
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  /** conv between space_to_batch and batch_to_space, as imported dilated convolutions have it. */
  private static Node dilated(Net net, int padding) {
    return net.placeholder("x", 2, 6, 4, 3)
        .batchNorm()
        .apply(
            v ->
                net.graph()
                    .cnn()
                    .spaceToBatch("s2b", v, new int[] {2, 2}, new int[] {padding, 0}, 0, 0))
        .conv(5, 2, Padding.VALID)
        .apply(
            v -> net.graph().cnn().batchToSpace("b2s", v, new int[] {2, 2}, new int[] {0, 0}, 0, 0))
        .batchNorm()
        .sigmoid();
  }
}
