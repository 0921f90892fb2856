package io.github.dl4jbnfold.samediff.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Operators in a row that all could go, between two variables that both keep their names. */
class ChainsTest {
  /** x·k/k in two operators, the last of which writes the given variable. */
  private static Node thereAndBack(Net net, Node x, String name) {
    SDVariable factors = x.channelConstant();
    return x.apply(v -> v.mul(factors)).apply(v -> v.div(name, factors));
  }

  @Test
  void two_outputs_that_operators_between_them_make_equal_keep_their_names() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node y = net.image(3, 9, 7).conv(4, 3, Padding.VALID).batchNorm().output();
              thereAndBack(net, y, "z").output();
            });

    fold.removesAll().leavesNo("divide").equalOutputs().isIdempotent();
    assertThat(fold.report().outputs()).containsExactly("bn", "z");
  }

  @Test
  void an_output_that_is_the_input_again_keeps_its_name() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              thereAndBack(net, x, "z").output();
              x.conv(4, 3, Padding.VALID).batchNorm().output();
            })
        .removesAll()
        .leavesNo("divide")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void two_negations_between_an_input_and_an_output_keep_both_names() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7);
              x.apply(v -> net.graph().math().neg(net.graph().math().neg(v))).output();
              x.conv(4, 3, Padding.VALID).batchNorm().output();
            })
        .removesAll()
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_chain_of_norms_between_two_outputs_leaves_both() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node y = net.image(3, 9, 7).conv(4, 3, Padding.VALID).output();
              Node z = y.batchNorm().multiplyConstant().addConstant().batchNorm().output();
              thereAndBack(net, z, "again").output();
            });

    fold.equalOutputs().isIdempotent();
    assertThat(fold.report().outputs()).containsExactly("conv", "bn_1", "again");
  }

  @Test
  void three_outputs_of_one_value_keep_their_names() {
    Fold.nchw(
            net -> {
              Node y = net.image(3, 9, 7).conv(4, 3, Padding.VALID).batchNorm().output();
              thereAndBack(net, thereAndBack(net, y, "z").output(), "last").output();
              thereAndBack(net, y, "beside").sigmoid().output();
            })
        .removesAll()
        .leavesNo("divide")
        .equalOutputs()
        .isIdempotent();
  }
}
