package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A batch normalization goes into a linear operator along the same axis only, equal sizes or not.
 */
class AxesTest {
  /** [N, length, 5] times a matrix, row by row: ND4J multiplies arrays of equal rank only. */
  private static Node tokens(Net net, int length, int features) {
    return net.placeholder("x", -1, length, 5)
        .apply(5, v -> v.reshape(-1, 5))
        .apply(features, v -> v.mmul("product", net.weight("W", 5, features)))
        .apply(features, v -> v.reshape(-1, length, features));
  }

  @Test
  void a_norm_over_the_sequence_axis_does_not_go_into_a_matrix_of_the_same_size() {
    Fold.nchw(net -> tokens(net, 6, 6).batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_feature_axis_goes_into_the_matrix() {
    Fold.nchw(net -> tokens(net, 6, 6).batchNorm(Gamma.MIXED, 2, 6, 1e-3))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_rows_of_a_transposed_square_product_stays() {
    Fold.nchw(
            net ->
                net.placeholder("x", 5, 5)
                    .apply(5, v -> v.mmul("product", net.weight("W", 5, 5)))
                    .apply(5, v -> net.graph().transpose("turned", v))
                    .batchNorm(Gamma.MIXED, 1, 5, 1e-3))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_columns_of_a_transposed_product_goes() {
    Fold.nchw(
            net ->
                tokens(net, 4, 6)
                    .apply(6, v -> v.permute(0, 2, 1))
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_over_rows_that_a_reshape_made_channels_stays() {
    Fold.nchw(
            net ->
                net.placeholder("x", 12, 4)
                    .apply(4, v -> v.mmul("product", net.weight("W", 4, 4)))
                    .apply(4, v -> v.reshape(3, 4, 4))
                    .batchNorm(Gamma.MIXED, 1, 4, 1e-3))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_product_with_the_weights_on_the_left_takes_a_scale_of_its_rows() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", 5, 5).variable();
              net.graph()
                  .mmul("product", net.weight("W", 5, 5), x)
                  .mul("scaled", net.constant("rows", 5, 1));
            })
        .leaves("matmul")
        .equalOutputs();
  }

  @Test
  void a_product_with_the_weights_on_the_left_does_not_take_a_scale_of_its_columns() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", 5, 5).variable();
              net.graph()
                  .mmul("product", net.weight("W", 5, 5), x)
                  .mul("scaled", net.constant("columns", 5));
            })
        .leaves("matmul", "multiply")
        .equalOutputs();
  }

  @Test
  void an_operator_that_mixes_features_keeps_a_norm_from_the_matrix_before_it() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .matmul(4)
                    .apply(v -> net.graph().nn().softmax("softmax", v))
                    .batchNorm())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_width_of_a_cubic_tensor_does_not_go_into_the_convolution() {
    Fold.nchw(
            net ->
                net.image(3, 6, 6)
                    .conv(6, 3, Padding.SAME)
                    .batchNorm(Gamma.MIXED, 3, 6, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_height_of_a_channels_last_tensor_does_not_go_into_the_convolution() {
    Fold.nhwc(
            net ->
                net.image(3, 6, 6)
                    .conv(6, 3, Padding.SAME)
                    .batchNorm(Gamma.MIXED, 1, 6, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_width_does_not_go_forward_into_a_convolution() {
    Fold.nchw(
            net -> net.image(6, 6, 6).batchNorm(Gamma.MIXED, 3, 6, 1e-3).conv(6, 1, Padding.VALID))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_reshape_that_keeps_the_channels_lets_a_norm_through() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.SAME)
                    .apply(8, v -> v.reshape(-1, 8, 63))
                    .batchNorm(Gamma.MIXED, 1, 8, 1e-3))
        .removesAll()
        .leaves("conv2d", "reshape")
        .equalOutputs();
  }

  @Test
  void a_norm_over_features_of_a_flattened_image_stays() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(2, 1, Padding.SAME)
                    .applyFlat(40, v -> v.reshape(-1, 40))
                    .batchNorm(Gamma.MIXED, 1, 40, 1e-3)
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_features_of_a_flattened_image_goes_into_a_dense_layer() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(2, 1, Padding.SAME)
                    .applyFlat(40, v -> v.reshape(-1, 40))
                    .batchNorm(Gamma.MIXED, 1, 40, 1e-3)
                    .dense(4))
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_over_one_value_per_channel_goes_back_through_a_reshape() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(2, 1, Padding.SAME)
                    .batchNorm()
                    .applyFlat(40, v -> v.reshape(-1, 40))
                    .sigmoid())
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_batch_to_space_goes_into_the_convolution() {
    Fold.nhwc(
            net ->
                net.placeholder("x", 8, 4, 5, 3)
                    .conv(6, 1, Padding.VALID)
                    .apply(
                        v ->
                            net.graph()
                                .cnn()
                                .batchToSpace(
                                    "spread", v, new int[] {2, 2}, new int[] {0, 0}, 0, 0))
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "batch_to_space", "sigmoid")
        .equalOutputs();
  }
}
