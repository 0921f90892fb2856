package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** One variable in several places: each place gets its own values, and no other place's. */
class SharedValuesTest {
  @Test
  void a_variance_that_is_also_gamma_stays_when_gamma_changes() {
    Fold.of(
            Net.nchw(1),
            net -> {
              SDVariable both = net.graph().constant("both", net.vector(0.7, 1.3, 0.4, 1.9, 0.8));
              Node x = net.placeholder("x", -1, 5);
              SDVariable normed =
                  net.graph()
                      .nn()
                      .batchNorm(
                          "bn",
                          x.variable(),
                          net.constant("mean", 5),
                          both,
                          both,
                          net.constant("beta", 5),
                          1e-3,
                          1);
              net.node(normed, 5).multiplyConstant().sigmoid();
            },
            options -> options.keep("bn"))
        .leaves("batchnorm", "sigmoid")
        .equalOutputs();
  }

  @Test
  void zeros_and_ones_that_stand_for_four_parameters_change_in_one_place_each() {
    Fold.nchw(
            net -> {
              SDVariable zeros = net.graph().constant("zeros", net.vector(0, 0, 0));
              SDVariable ones = net.graph().constant("ones", net.vector(1, 1, 1));
              net.image(3, 9, 7)
                  .batchNorm()
                  .apply(
                      v -> net.graph().nn().batchNorm("last", v, zeros, ones, ones, zeros, 1e-3, 1))
                  .sigmoid();
            })
        .removes(1)
        .leaves("batchnorm", "sigmoid")
        .equalOutputs();
  }

  @Test
  void two_layers_that_share_weights_and_differ_in_the_eighth_digit_get_copies_of_their_own() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 4);
              SDVariable first = net.placeholder("x", -1, 6).variable().mmul("first", weights);
              SDVariable second = net.placeholder("y", -1, 6).variable().mmul("second", weights);
              double[] factors = {0.7, -1.3, 0.4, 1.9};
              first.mul("scaled", net.graph().constant("k", net.vector(factors)));
              for (int i = 0; i < factors.length; i++) {
                factors[i] *= 1 + 1e-7;
              }
              second.mul("scaled2", net.graph().constant("k2", net.vector(factors)));
            })
        .leaves("matmul", "matmul")
        .equalOutputs();
  }
}
