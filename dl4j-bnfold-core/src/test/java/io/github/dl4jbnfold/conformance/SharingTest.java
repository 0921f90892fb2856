package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Several readers of a tensor, requested tensors, and parameters that several operators read. */
class SharingTest {
  @Test
  void a_norm_stays_whose_convolution_is_also_read_by_an_addition() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(8, 3, Padding.SAME);
              conv.batchNorm().add(conv).sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_stays_whose_convolution_is_a_requested_output() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(8, 3, Padding.SAME).output();
              conv.batchNorm().sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_stays_that_stands_between_two_requested_outputs() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).output().batchNorm().output())
        .removes(0)
        .keeps("bn", Reason.OUTPUT)
        .equalOutputs();
  }

  @Test
  void a_requested_output_of_a_norm_keeps_its_name() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().output());
    fold.removesAll().leaves("conv2d").equalOutputs();
    assertThat(fold.graph().hasVariable("bn")).isTrue();
    assertThat(fold.graph().hasVariable("conv")).isFalse();
  }

  @Test
  void a_norm_stays_whose_dense_layer_is_read_twice() {
    Fold.nchw(
            net -> {
              Node dense = net.placeholder("x", -1, 6).dense(4);
              dense.batchNorm().sigmoid().output();
              dense.sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_dense_layer_that_is_read_twice_takes_a_norm_that_its_other_reader_can_undo() {
    Fold.nchw(
            net -> {
              Node dense = net.placeholder("x", -1, 6).dense(4);
              dense.batchNorm().sigmoid().output();
              dense.dense(3).sigmoid().output();
            })
        .removesAll()
        .leavesNo("batchnorm")
        .equalOutputs();
  }

  @Test
  void two_convolutions_that_share_weights_take_a_norm_each() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 3, 3, 3, 5);
              net.image(3, 9, 7).conv(weights, 5, Padding.SAME, 1, 1, false).batchNorm().output();
              net.image(3, 6, 8).conv(weights, 5, Padding.SAME, 1, 1, false).batchNorm().output();
            });
    fold.removesAll().leaves("conv2d", "conv2d").equalOutputs().isIdempotent();
  }

  @Test
  void one_norm_on_shared_weights_does_not_touch_the_other_convolution() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 3, 3, 3, 5);
              net.image(3, 9, 7).conv(weights, 5, Padding.SAME, 1, 1, false).batchNorm().output();
              net.image(3, 6, 8).conv(weights, 5, Padding.SAME, 1, 1, false).output();
            })
        .removesAll()
        .leaves("conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_module_with_weights_and_bias_that_is_called_twice_takes_two_norms() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.weight("W", 6, 6);
              SDVariable bias = net.weight("b", 6);
              net.placeholder("x", -1, 6)
                  .apply(v -> net.graph().nn().linear("first", v, weights, bias))
                  .batchNorm()
                  .relu()
                  .apply(v -> net.graph().nn().linear("second", v, weights, bias))
                  .batchNorm()
                  .sigmoid();
            })
        .removesAll()
        .leaves("xw_plus_b", "relu", "xw_plus_b", "sigmoid")
        .equalOutputs();
  }

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
  void a_constant_that_another_addition_reads_keeps_its_values_for_it() {
    Fold.nchw(
            net -> {
              SDVariable shared = net.constant("shared", 8, 1, 1);
              net.image(3, 9, 7)
                  .conv(8, 3, Padding.SAME)
                  .apply(v -> v.sub("centered", shared))
                  .batchNorm()
                  .sigmoid()
                  .apply(v -> v.add("moved", shared))
                  .output();
            })
        .removesAll()
        .leaves("conv2d", "subtract", "sigmoid", "add")
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

  @Test
  void of_two_norms_on_one_convolution_one_goes() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              conv.batchNorm().sigmoid().output();
              conv.batchNorm().sigmoid().output();
            })
        .removes(1)
        .equalOutputs();
  }

  @Test
  void two_norms_on_one_convolution_go_forward_into_convolutions() {
    Fold.nchw(
            net -> {
              Node conv = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              conv.batchNorm().conv(4, 1, Padding.VALID).output();
              conv.batchNorm().conv(4, 3, Padding.VALID).output();
            })
        .removesAll()
        .leaves("conv2d", "conv2d", "conv2d")
        .equalOutputs();
  }

  @Test
  void an_output_that_is_requested_and_read_keeps_its_values_and_its_name() {
    Fold.nchw(
            net -> {
              Node norm = net.image(3, 9, 7).conv(5, 3, Padding.SAME).batchNorm().output();
              norm.relu().batchNorm(Gamma.POSITIVE).conv(4, 3, Padding.VALID).output();
            })
        .removesAll()
        .leaves("conv2d", "relu", "conv2d")
        .equalOutputs();
  }
}
