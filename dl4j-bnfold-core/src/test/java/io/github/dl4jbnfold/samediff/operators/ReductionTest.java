package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;

/** Means, maxima and sums over axes. */
class ReductionTest {
  @Test
  void a_norm_goes_through_a_mean_that_keeps_its_axes() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(v -> net.graph().mean("mean", v, true, 2, 3))
                    .conv(4, 1, Padding.VALID))
        .removesAll()
        .leaves("reduce_mean", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_through_a_mean_over_one_axis_counted_from_the_end() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> net.graph().mean("mean", v, -1))
                    .batchNorm(Gamma.MIXED, 1, 5, 1e-3)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "reduce_mean", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_does_not_go_through_a_mean_over_channels() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm()
                    .apply(1, v -> net.graph().mean("mean", v, true, 1))
                    .conv(4, 3, Padding.VALID))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_a_mean_over_everything_goes_back() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .batchNorm()
                    .applyFlat(1, v -> net.graph().mean("mean", v, 1, 2, 3)))
        .removesAll()
        .leaves("conv2d", "reduce_mean")
        .equalOutputs();
  }

  @Test
  void a_positive_norm_goes_through_a_maximum_over_positions() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .batchNorm(Gamma.POSITIVE)
                    .applyFlat(3, v -> v.max("max", 2, 3))
                    .dense(4))
        .removesAll()
        .leaves("reduce_max", "xw_plus_b")
        .equalOutputs();
  }

  @Test
  void a_negative_scale_does_not_go_through_a_maximum_over_positions() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().applyFlat(3, v -> v.max("max", 2, 3)).dense(4))
        .removes(0)
        .keeps("bn", Reason.SIGN_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_sum_over_positions_takes_no_norm() {
    Fold.nchw(net -> net.image(3, 9, 7).batchNorm().applyFlat(3, v -> v.sum("sum", 2, 3)).dense(4))
        .equalOutputs();
  }
}
