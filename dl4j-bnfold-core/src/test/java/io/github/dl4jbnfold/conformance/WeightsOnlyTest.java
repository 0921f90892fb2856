package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Objective;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** A fold that is to change weights, biases and constants, and no operators. */
class WeightsOnlyTest {
  /** Behind a tensor that must stay what it is. */
  private static Node behindOutput(Net net, UnaryOperator<SDVariable> operator) {
    return net.image(3, 9, 7).conv(4, 3, Padding.SAME).output().apply(operator);
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
  void a_multiplication_that_stays_does_not_become_two_operators() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid())
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .addsNoOperator()
        .equalOutputs();
  }

  @Test
  void a_norm_that_stays_takes_the_multiplication_before_it() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid())
        .leaves("sigmoid", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_that_stays_takes_the_multiplication_behind_it() {
    Fold.weightsOnly(net -> net.image(3, 9, 7).sigmoid().batchNorm().multiplyConstant().sigmoid())
        .leaves("sigmoid", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_multiplication_takes_no_shift_for_another_reader() {
    Fold.weightsOnly(
            net -> {
              Node scaled = net.image(3, 9, 7).sigmoid().multiplyConstant();
              scaled.batchNorm().sigmoid().output();
              scaled.conv(4, 3, Padding.VALID).output();
            })
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .addsNoOperator()
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_multiplication_between_walls_takes_the_scale_of_a_norm_whose_shift_goes_elsewhere() {
    Fold.weightsOnly(
            net -> {
              Node x = net.image(3, 9, 7).sigmoid();
              x.multiplyConstant().batchNorm().conv(4, 3, Padding.VALID).output();
              x.conv(2, 1, Padding.VALID).output();
            })
        .removesAll()
        .addsNoOperator()
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void what_a_multiplication_cannot_hold_is_said_with_its_name() {
    Fold fold =
        Fold.weightsOnly(
            net -> net.image(3, 9, 7).sigmoid().multiplyConstant().batchNorm().sigmoid().output());

    assertThat(fold.report().kept())
        .singleElement()
        .satisfies(kept -> assertThat(kept.detail()).doesNotContain("the removal of 'mul'"));
  }

  @Test
  void behind_a_matrix_product_without_bias_a_norm_stays() {
    Fold.weightsOnly(net -> net.placeholder("x", -1, 6).matmul(4).batchNorm().sigmoid())
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .leaves("matmul", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void before_a_matrix_product_without_bias_a_norm_stays() {
    Fold fold =
        Fold.weightsOnly(
            net -> net.placeholder("x", -1, 6).sigmoid().batchNorm().matmul(4).sigmoid());

    fold.keeps("bn", Reason.SHIFT_CONFLICT)
        .leaves("sigmoid", "batchnorm", "matmul", "sigmoid")
        .equalOutputs();
    assertThat(fold.report().kept().get(0).remedy()).contains("'matmul' had a bias");
  }

  @Test
  void between_two_matrix_products_the_shift_of_a_norm_has_no_place() {
    Fold.weightsOnly(net -> net.placeholder("x", -1, 6).matmul(4).batchNorm().matmul(3).sigmoid())
        .removes(0)
        .leaves("matmul", "batchnorm", "matmul", "sigmoid")
        .equalOutputs();
  }

  @Test
  void the_addition_behind_a_matrix_product_is_its_bias_and_takes_a_norm() {
    Fold.weightsOnly(
            net -> net.placeholder("x", -1, 6).matmul(4).addConstant().batchNorm().sigmoid())
        .removesAll()
        .leaves("matmul", "add", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void the_bias_of_a_matrix_product_takes_a_norm_that_is_written_as_arithmetic() {
    Fold.weightsOnly(
            net ->
                net.placeholder("x", -1, 6)
                    .matmul(4)
                    .addConstant()
                    .multiplyConstant()
                    .addConstant()
                    .sigmoid())
        .removesAll()
        .leaves("matmul", "add", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_number_added_to_a_matrix_product_stays_a_number() {
    Fold.weightsOnly(
            net ->
                net.placeholder("x", -1, 6).matmul(4).apply(v -> v.add(0.7)).batchNorm().sigmoid())
        .keeps("bn", Reason.SCALE_CONFLICT)
        .leaves("matmul", "add_scalar", "batchnorm", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_number_inside_an_operator_stays_a_number() {
    Fold.weightsOnly(
            net -> {
              Node x = behindOutput(net, v -> v.mul(1.7));
              x.batchNorm().sigmoid().output();
              x.conv(4, 3, Padding.VALID).output();
            })
        .keeps("bn", Reason.SCALE_CONFLICT)
        .addsNoOperator()
        .equalOutputs();
  }

  @Test
  void a_norm_that_stays_takes_the_numbers_around_it() {
    Fold.weightsOnly(
            net ->
                behindOutput(net, v -> v.mul(1.7))
                    .batchNorm()
                    .apply(v -> v.sub(0.3))
                    .sigmoid()
                    .output())
        .leaves("conv2d", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_factor_that_is_a_number_passes_the_shift_of_a_norm_on() {
    weightsOnlyKeeping(
            "factor",
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).add(net.image(4, 9, 7));
              Node y = x.apply(v -> v.mul("factor", 1.7));
              y.batchNorm().conv(2, 3, Padding.SAME).output();
              x.conv(2, 3, Padding.VALID).output();
            })
        .removesAll()
        .addsNoOperator()
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_factor_of_zero_that_is_a_number_takes_any_shift() {
    weightsOnlyKeeping(
            "factor",
            net -> {
              Node x = net.image(3, 9, 7).sigmoid().batchNorm();
              x.apply(v -> v.mul("factor", 0)).conv(2, 3, Padding.VALID).output();
            })
        .removesAll()
        .leaves("sigmoid", "mul_scalar", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_of_numbers_between_walls_takes_no_other_norm() {
    Fold.weightsOnly(
            net -> behindOutput(net, v -> v.div(0.3).sub(0.9)).batchNorm().sigmoid().output())
        .removes(1)
        .leaves("conv2d", "batchnorm", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void of_a_norm_of_a_number_and_a_constant_the_number_stays() {
    weightsOnlyKeeping(
            "factor",
            net -> {
              Node x = behindOutput(net, v -> v.mul("factor", 1.7)).addConstant();
              x.batchNorm().conv(4, 3, Padding.SAME).output();
            })
        .removes(1)
        .leaves("conv2d", "mul_scalar", "add", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_division_that_must_stay_takes_a_scale_of_zero_as_a_division() {
    weightsOnlyKeeping(
            "quotient",
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm();
              SDVariable divisors = net.channelConstant(0.7, -1.3, 0.4, 1.9);
              SDVariable factors = net.channelConstant(1.7, 0, 0.4, 0.9);
              x.apply(v -> v.div("quotient", divisors).mul(factors)).sigmoid().output();
            })
        .leaves("conv2d", "divide", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_behind_a_multiplication_that_must_stay_stays() {
    weightsOnlyKeeping(
            "product",
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
              SDVariable factors = net.channelConstant(1.7, -1.3, 0.4, 0.9);
              x.apply(v -> v.mul("product", factors)).batchNorm(Gamma.ZERO).sigmoid().output();
            })
        .keeps("bn", Reason.ZERO_SCALE)
        .addsNoOperator()
        .equalOutputs()
        .isIdempotent();
  }

  private static Fold weightsOnlyKeeping(String operator, Consumer<Net> build) {
    return Fold.of(
        Net.nchw(1),
        build,
        options -> options.objective(Objective.NO_NEW_OPERATORS).keep(operator));
  }

  @Test
  void a_gamma_of_zero_behind_a_matrix_product_without_bias_stays() {
    Fold.weightsOnly(
            net ->
                net.placeholder("x", -1, 6)
                    .matmul(4)
                    .batchNorm(Gamma.SOME_ZERO, 1, 4, 1e-3)
                    .sigmoid())
        .removes(0)
        .addsNoOperator()
        .equalOutputs();
  }

  @Test
  void a_gamma_of_zero_behind_a_multiplication_that_goes_is_no_obstacle() {
    Fold.weightsOnly(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .multiplyConstant()
                    .batchNorm(Gamma.SOME_ZERO)
                    .sigmoid())
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void arithmetic_that_adds_first_gets_no_other_addition_where_a_factor_is_zero() {
    weightsOnlyKeeping(
            "product",
            net -> {
              SDVariable factors = net.channelConstant(0.7, 0, 1.3);
              Node x = net.image(3, 9, 7).sigmoid().addConstant();
              x.apply(v -> v.mul("product", factors)).batchNorm().sigmoid().output();
            })
        .removes(0)
        .leaves("sigmoid", "add", "multiply", "batchnorm", "sigmoid")
        .equalOutputs();
  }

  @Test
  void two_outputs_that_would_be_one_value_stay_apart_by_what_is_between_them() {
    Fold fold =
        Fold.weightsOnly(
            net -> {
              Node y = net.image(3, 9, 7).conv(4, 3, Padding.VALID).batchNorm().output();
              SDVariable factors = y.channelConstant();
              y.apply(v -> v.mul(factors)).apply(v -> v.div("z", factors)).output();
            });

    fold.removesAll().leavesNo("identity").addsNoOperator().equalOutputs().isIdempotent();
    assertThat(fold.report().outputs()).isEqualTo(List.of("bn", "z"));
  }
}
