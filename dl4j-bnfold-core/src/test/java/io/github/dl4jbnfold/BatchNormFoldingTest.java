package io.github.dl4jbnfold;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;

/** The main cases in one place; each class of operators has a test of its own. */
class BatchNormFoldingTest {
  @Test
  void a_convolution_takes_the_batch_normalization_that_follows_it() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().relu())
        .removesAll()
        .leaves("conv2d", "relu")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_shift_before_a_zero_padded_convolution_moves_into_the_producers_bias() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(8, 3, Padding.VALID)
                    .batchNorm(Gamma.POSITIVE)
                    .relu()
                    .conv(4, 3, Padding.SAME))
        .removesAll()
        .equalOutputs();
  }

  @Test
  void two_readers_of_one_tensor_are_not_folded_by_inverses() {
    Fold.nchw(
            net -> {
              var x = net.image(3, 9, 7).conv(4, 3, Padding.VALID);
              x.batchNorm().relu().output();
              x.batchNorm().relu().output();
            })
        .removes(1)
        .keeps("bn_1", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }
}
