package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Parameters that several operators read, as weights or as data. */
class SharingTest {
  @Test
  void an_operator_that_reads_a_rewritten_weight_as_data_still_sees_the_original() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 4);
              net.placeholder("x", -1, 6)
                  .apply(4, v -> v.mmul("product", weights))
                  .batchNorm()
                  .output();
              net.node(weights.norm2("penalty", 0)).output();
            })
        .removesAll()
        .equalOutputs();
  }

  @Test
  void a_requested_weight_keeps_its_values() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 4);
              net.placeholder("x", -1, 6)
                  .apply(4, v -> v.mmul("product", weights))
                  .batchNorm()
                  .output();
              net.node(weights).output();
            })
        .equalOutputs();
  }

  @Test
  void norms_that_share_their_parameters_go_together() {
    Fold.nchw(
            net -> {
              SDVariable mean = net.constant("mean", 6);
              SDVariable variance =
                  net.graph().constant("var", net.vector(1, 0.4, 2, 0.6, 1.2, 0.3));
              SDVariable gamma = net.constant("gamma", 6);
              SDVariable beta = net.constant("beta", 6);
              net.placeholder("x", -1, 6)
                  .dense(6)
                  .apply(
                      v ->
                          net.graph().nn().batchNorm("n1", v, mean, variance, gamma, beta, 1e-3, 1))
                  .sigmoid()
                  .dense(6)
                  .apply(
                      v ->
                          net.graph().nn().batchNorm("n2", v, mean, variance, gamma, beta, 1e-3, 1))
                  .sigmoid();
            })
        .removesAll()
        .leaves("xw_plus_b", "sigmoid", "xw_plus_b", "sigmoid")
        .equalOutputs();
  }

  @Test
  void arithmetic_that_absorbs_a_norm_does_not_write_into_constants_that_it_shares() {
    Fold.nchw(
            net -> {
              SDVariable shared = net.constant("shared", 6);
              net.placeholder("x", -1, 6)
                  .sigmoid()
                  .batchNorm()
                  .apply(v -> v.mul("first", shared))
                  .sigmoid()
                  .apply(v -> v.mul("second", shared))
                  .sigmoid();
            })
        .removesAll()
        .equalOutputs();
  }
}
