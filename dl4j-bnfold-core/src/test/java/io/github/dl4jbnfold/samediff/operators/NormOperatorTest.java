package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.custom.FusedBatchNorm;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;

/** The forms in which SameDiff writes a batch normalization as one operator. */
class NormOperatorTest {
  @Test
  void a_norm_without_gamma_and_beta_goes() {
    Fold.nchw(net -> net.image(3, 9, 7).conv(5, 3, Padding.SAME).apply(v -> plain(net, v, 5)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  private static SDVariable plain(Net net, SDVariable v, int channels) {
    return norm(net, v, channels, null, null);
  }

  private static SDVariable norm(
      Net net, SDVariable v, int channels, SDVariable gamma, SDVariable beta) {
    BatchNorm norm =
        new BatchNorm(
            net.graph(),
            v,
            net.constant("mean", channels),
            net.graph().constant("var", net.gaussian(1, channels).mul(0).add(0.7)),
            gamma,
            beta,
            1e-3,
            new int[] {1});
    return net.graph().updateVariableNameAndReference(norm.outputVariable(), "bn");
  }

  @Test
  void a_norm_with_gamma_alone_goes() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> norm(net, v, 5, net.weight("gamma", 5), null)))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_with_beta_alone_goes() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> norm(net, v, 5, null, net.weight("beta", 5))))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_kept_norm_without_gamma_and_beta_absorbs_its_neighbour() {
    Fold.nchw(
            net -> net.image(3, 9, 7).sigmoid().apply(v -> plain(net, v, 3)).batchNorm().sigmoid())
        .removes(1)
        .equalOutputs();
  }

  @Test
  void of_two_norms_between_walls_one_absorbs_the_other() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).sigmoid().batchNorm().batchNorm().sigmoid());
    fold.removes(1).leaves("sigmoid", "batchnorm", "sigmoid").equalOutputs().isIdempotent();
    assertThat(fold.report().merged()).hasSize(1);
  }

  @Test
  void a_norm_whose_statistics_are_computed_stays() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              SDVariable mean = x.variable().mean("mean", 0, 2, 3);
              x.apply(
                      v ->
                          net.graph()
                              .nn()
                              .batchNorm(
                                  "bn",
                                  v,
                                  mean,
                                  net.graph().constant("var", net.vector(1, 0.5, 2, 0.3, 0.8)),
                                  net.weight("gamma", 5),
                                  net.weight("beta", 5),
                                  1e-3,
                                  1))
                  .sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.NOT_CONSTANT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_two_axes_stays() {
    Fold.nchw(
            net ->
                net.image(3, 4, 5)
                    .conv(2, 1, Padding.SAME)
                    .apply(
                        v ->
                            new BatchNorm(
                                    net.graph(),
                                    v,
                                    net.constant("mean", 1, 2, 4, 1),
                                    net.graph()
                                        .constant("var", net.gaussian(1, 1, 2, 4, 1).mul(0).add(1)),
                                    net.weight("gamma", 1, 2, 4, 1),
                                    net.weight("beta", 1, 2, 4, 1),
                                    1e-3,
                                    new int[] {1, 2})
                                .outputVariable())
                    .sigmoid())
        .removes(0)
        .equalOutputs();
  }

  @Test
  void a_norm_with_an_axis_that_counts_from_the_end_goes() {
    Fold.nhwc(
            net -> net.image(3, 9, 7).conv(5, 3, Padding.SAME).batchNorm(Gamma.MIXED, -1, 5, 1e-3))
        .removesAll()
        .leaves("conv2d")
        .equalOutputs();
  }

  @Test
  void a_fused_norm_for_inference_goes() {
    Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> fused(net, v, true, false, 1e-2)[0])
                    .sigmoid(),
            options -> options)
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_fused_norm_channels_last_goes() {
    Fold.of(
            Net.of(1, DataType.FLOAT, true),
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> fused(net, v, false, false, 1e-2)[0])
                    .sigmoid(),
            options -> options)
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_fused_norm_in_training_stays() {
    Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> fused(net, v, false, true, 1e-2)[0])
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.BATCH_STATISTICS)
        .equalOutputs();
  }

  @Test
  void a_fused_norm_whose_statistics_are_requested_stays() {
    Fold.nhwc(
            net -> {
              Node conv = net.image(3, 9, 7).conv(5, 3, Padding.SAME);
              SDVariable[] outputs = fused(net, conv.variable(), false, false, 1e-2);
              net.node(outputs[1]).output();
              conv.apply(v -> outputs[0]).sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.BATCH_STATISTICS);
  }

  @Test
  void the_epsilon_of_a_fused_norm_has_a_floor() {
    // The native operator takes 1.001e-5 for anything smaller.
    Fold.of(
            Net.of(1, DataType.FLOAT, true),
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> fused(net, v, false, false, 1e-12)[0])
                    .sigmoid(),
            options -> options)
        .removesAll()
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_fused_norm_in_a_float64_network_goes_too() {
    // The native operator rounds to float32, so the outputs cannot agree any better.
    Fold fold =
        Fold.nhwc(
            net ->
                net.image(3, 9, 7)
                    .conv(5, 3, Padding.SAME)
                    .apply(v -> fused(net, v, false, false, 1e-2)[0])
                    .sigmoid());
    fold.removesAll().leaves("conv2d", "sigmoid");
    assertThat(fold.report().maxRelativeError()).isLessThan(1e-6);
  }

  /** TensorFlow's operator: x, gamma, beta, mean, variance; the last two for inference only. */
  private static SDVariable[] fused(
      Net net, SDVariable v, boolean channelsFirst, boolean training, double epsilon) {
    SDVariable gamma = net.weight("gamma", 5);
    SDVariable beta = net.weight("beta", 5);
    int format = channelsFirst ? 1 : 0;
    SDVariable variance = net.graph().constant("var", net.vector(0.002, 0.5, 2, 0.3, 0.8));
    FusedBatchNorm norm =
        training
            ? new FusedBatchNorm(net.graph(), v, gamma, beta, format, 1)
            : new FusedBatchNorm(net.graph(), v, gamma, beta, net.constant("mean", 5), variance);
    if (!training) {
      norm.addIArgument(format, 0);
    }
    norm.addTArgument(epsilon);
    SDVariable[] outputs = norm.outputVariables();
    net.graph().updateVariableNameAndReference(outputs[0], "bn");
    return outputs;
  }
}
