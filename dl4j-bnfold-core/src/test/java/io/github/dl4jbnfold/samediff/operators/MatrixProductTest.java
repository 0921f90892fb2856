package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;

/** Products with a constant matrix on either side, with every transposition, and dense layers. */
class MatrixProductTest {
  /** A norm over the last axis, the product with weights on the right, and another norm. */
  private static Node right(Net net, boolean tx, boolean tw, boolean tr) {
    SDVariable x = net.placeholder("x", tx ? 6 : 5, tx ? 5 : 6).variable();
    SDVariable scaled = x.mul("scaled", tx ? net.constant("k", 6, 1) : net.constant("k", 6));
    SDVariable weights = tw ? net.weight("W", 4, 6) : net.weight("W", 6, 4);
    SDVariable product = net.graph().mmul("product", scaled, weights, tx, tw, tr);
    return net.node(product.mul("result", tr ? net.constant("m", 4, 1) : net.constant("m", 4)));
  }

  /** The same with the weights on the left: channels are the rows of the operand. */
  private static Node left(Net net, boolean tw, boolean tx, boolean tr) {
    SDVariable x = net.placeholder("x", tx ? 5 : 6, tx ? 6 : 5).variable();
    SDVariable scaled = x.mul("scaled", tx ? net.constant("k", 6) : net.constant("k", 6, 1));
    SDVariable weights = tw ? net.weight("W", 6, 4) : net.weight("W", 4, 6);
    SDVariable product = net.graph().mmul("product", weights, scaled, tw, tx, tr);
    return net.node(product.mul("result", tr ? net.constant("m", 4) : net.constant("m", 4, 1)));
  }

  @Test
  void a_product_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> right(net, false, false, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_transposed_weights_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> right(net, false, true, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_a_transposed_operand_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> right(net, true, false, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_both_transposed_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> right(net, true, true, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_a_transposed_result_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> right(net, false, false, true)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_weights_on_the_left_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> left(net, false, false, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_with_transposed_weights_on_the_left_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> left(net, true, false, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_of_weights_and_a_transposed_operand_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> left(net, false, true, false)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_transposed_product_of_weights_and_operand_takes_the_factors_on_both_sides() {
    Fold.nchw(net -> left(net, false, false, true)).leaves("matmul").equalOutputs();
  }

  @Test
  void a_product_takes_the_norms_on_both_sides_into_weights_and_an_addition() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .batchNorm()
                    .apply(
                        4,
                        v ->
                            net.graph()
                                .mmul("product", v, net.weight("W", 4, 6), false, true, false))
                    .batchNorm())
        .removesAll()
        .leaves("matmul", "add")
        .equalOutputs();
  }

  @Test
  void a_product_does_not_take_a_factor_of_the_other_axis() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", 6, 6).variable();
              net.graph()
                  .mmul("product", x.mul("scaled", net.constant("k", 6, 1)), net.weight("W", 6, 6))
                  .mul("result", net.constant("m", 6, 1));
            })
        .leaves("multiply", "matmul", "multiply")
        .equalOutputs();
  }

  @Test
  void a_batched_product_with_weights_of_the_same_rank_keeps_its_function() {
    Fold.nchw(
            net ->
                net.placeholder("x", 3, 5, 6)
                    .apply(4, v -> v.mmul("product", net.weight("W", 3, 6, 4)))
                    .batchNorm(Gamma.MIXED, 2, 4, 1e-3)
                    .sigmoid())
        .equalOutputs();
  }

  /** The same for three matrices at once; ND4J wants a matrix of weights for each. */
  private static void batched(Net net, boolean left, boolean tx, boolean tw, boolean tr) {
    boolean last = left == tx;
    SDVariable x = net.placeholder("x", 3, last ? 5 : 6, last ? 6 : 5).variable();
    SDVariable scaled = x.mul("scaled", last ? net.constant("k", 6) : net.constant("k", 6, 1));
    boolean summedFirst = left == tw;
    SDVariable weights = net.weight("W", 3, summedFirst ? 6 : 4, summedFirst ? 4 : 6);
    SDVariable product =
        left
            ? net.graph().mmul("product", weights, scaled, tw, tx, tr)
            : net.graph().mmul("product", scaled, weights, tx, tw, tr);
    product.mul("result", left != tr ? net.constant("m", 4, 1) : net.constant("m", 4));
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, false, false", "false, false, true, false", "false, true, false, false",
    "false, true, true, false", "false, false, false, true", "false, true, true, true",
    "true, false, false, false", "true, false, true, false", "true, true, false, false",
    "true, true, true, false", "true, false, false, true", "true, true, true, true"
  })
  void a_product_of_three_axes_is_left_alone_in_every_transposition(
      boolean left, boolean tx, boolean tw, boolean tr) {
    Fold.nchw(net -> batched(net, left, tx, tw, tr))
        .leaves("multiply", "matmul", "multiply")
        .equalOutputs();
  }

  @Test
  void a_dense_layer_takes_the_norms_on_both_sides() {
    Fold.nchw(net -> net.placeholder("x", -1, 6).batchNorm().dense(4).batchNorm())
        .removesAll()
        .leaves("xw_plus_b")
        .equalOutputs();
  }

  @Test
  void a_relu_layer_is_no_linear_operator() {
    // relu(x·W + b) in one operator: sd.nn().reluLayer
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .apply(
                        4,
                        v ->
                            net.graph()
                                .nn()
                                .reluLayer("layer", v, net.weight("W", 6, 4), net.weight("b", 4)))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_product_of_weights_with_themselves_is_left_alone() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 6);
              SDVariable squared = weights.mmul("squared", weights);
              net.placeholder("x", -1, 6)
                  .apply(6, v -> v.mmul("product", squared))
                  .batchNorm()
                  .sigmoid();
            })
        .equalOutputs();
  }
}
