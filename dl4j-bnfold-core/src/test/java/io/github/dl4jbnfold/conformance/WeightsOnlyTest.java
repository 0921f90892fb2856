package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.junit.jupiter.api.Test;

/** A fold that is to change weights, biases and constants, and no operators. */
class WeightsOnlyTest {
  @Test
  void a_norm_and_the_multiplication_before_it_go_into_a_convolution() {
    Fold.weightsOnly(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .multiplyConstant()
                    .batchNorm()
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_that_needs_a_multiplication_to_go_is_removed_with_it() {
    Fold.weightsOnly(
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.VALID);
              x.multiplyConstant().batchNorm().conv(2, 3, Padding.VALID).output();
            })
        .removesAll()
        .leaves("conv2d", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_matrix_product_without_bias_gets_an_addition_in_exchange_for_the_norm() {
    Fold.weightsOnly(net -> net.placeholder("x", -1, 6).matmul(4).batchNorm().sigmoid())
        .removesAll()
        .leaves("matmul", "sigmoid", "add")
        .equalOutputs()
        .isIdempotent();
  }
}
