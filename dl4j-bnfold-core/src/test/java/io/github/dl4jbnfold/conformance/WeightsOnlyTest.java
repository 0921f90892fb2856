package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;

/** A fold that is to change weights, biases and constants, and no operators. */
class WeightsOnlyTest {
  @Test
  void a_multiplication_that_stays_does_not_become_two_operators() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid())
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_that_stays_takes_the_multiplication_beside_it() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid())
        .leaves("sigmoid", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_in_front_of_a_multiplication_takes_it() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().batchNorm().multiplyConstant().sigmoid())
        .leaves("sigmoid", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

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
  void a_multiplication_that_stays_for_another_reader_takes_no_shift() {
    Fold fold =
        Fold.weightsOnly(
            net -> {
              Node x = net.image(3, 9, 7).sigmoid();
              Node scaled = x.multiplyConstant();
              scaled.batchNorm().conv(4, 3, Padding.SAME).output();
              scaled.sigmoid().output();
            });

    assertThat(fold.graph().getOps().values().stream().map(op -> op.getOp().opName()))
        .containsExactlyInAnyOrder("sigmoid", "multiply", "batchnorm", "conv2d", "sigmoid");
    fold.equalOutputs();
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

  @Test
  void a_number_inside_an_operator_becomes_a_constant_that_takes_the_norm_s_scale() {
    Fold fold =
        Fold.weightsOnly(
            net ->
                net.image(3, 9, 7).sigmoid().batchNorm().apply(v -> v.mul(1.7)).sigmoid().output());

    assertThat(fold.graph().getOps()).hasSize(3);
    fold.equalOutputs().isIdempotent();
  }
}
