package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Rectifiers pass a positive scale and no shift; other activations pass nothing. */
class ActivationTest {
  /** conv, activation, a positive factor per channel, sigmoid: does the factor go back? */
  private static Fold positiveBack(BiFunction<Net, SDVariable, SDVariable> activation) {
    return back(activation, 0.3, 1.4, 0.7, 2.2);
  }

  private static Fold back(BiFunction<Net, SDVariable, SDVariable> activation, double... factors) {
    return Fold.weightsOnly(
        net ->
            net.image(3, 9, 7)
                .conv(4, 3, Padding.SAME)
                .apply(v -> activation.apply(net, v))
                .apply(v -> v.mul("factor", net.channelConstant(factors)))
                .sigmoid());
  }

  private static Function<Net, Node> norms(BiFunction<Net, SDVariable, SDVariable> activation) {
    return net ->
        net.image(3, 9, 7)
            .conv(4, 3, Padding.SAME)
            .apply(v -> activation.apply(net, v))
            .batchNorm(Gamma.POSITIVE)
            .conv(4, 3, Padding.VALID);
  }

  private static SDVariable leaky(Net net, SDVariable v) {
    return net.graph().nn().leakyRelu("leaky", v, 0.2);
  }

  private static SDVariable prelu(Net net, SDVariable v) {
    return net.graph().nn().prelu("prelu", v, net.constant("alpha", 4, 1, 1), 2, 3);
  }

  @Test
  void a_positive_factor_goes_back_through_leaky_relu() {
    positiveBack(ActivationTest::leaky).leaves("conv2d", "leakyrelu", "sigmoid").equalOutputs();
  }

  @Test
  void a_negative_factor_does_not_go_back_through_leaky_relu() {
    back(ActivationTest::leaky, 0.3, -1.4, 0.7, 2.2)
        .leaves("conv2d", "leakyrelu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_positive_factor_goes_back_through_prelu() {
    positiveBack(ActivationTest::prelu).leaves("conv2d", "prelu", "sigmoid").equalOutputs();
  }

  @Test
  void a_negative_factor_does_not_go_back_through_prelu() {
    back(ActivationTest::prelu, 0.3, -1.4, 0.7, 2.2)
        .leaves("conv2d", "prelu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_behind_leaky_relu() {
    Fold.nchw(net -> norms(ActivationTest::leaky).apply(net))
        .removesAll()
        .leaves("conv2d", "leakyrelu", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_forward_behind_prelu() {
    Fold.nchw(net -> norms(ActivationTest::prelu).apply(net))
        .removesAll()
        .leaves("conv2d", "prelu", "conv2d")
        .equalOutputs();
  }

  @Test
  void relu_with_a_cutoff_is_a_wall() {
    positiveBack((net, v) -> net.graph().nn().relu("relu", v, 0.3))
        .leaves("conv2d", "relu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_positive_factor_does_not_go_back_through_relu6() {
    positiveBack((net, v) -> net.graph().nn().relu6("relu6", v, 0))
        .leaves("conv2d", "relu6", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_relu6_goes_forward() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .relu6()
                    .batchNorm()
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("conv2d", "relu6", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_norm_before_relu6_goes_back() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .batchNorm()
                    .relu6()
                    .conv(4, 3, Padding.SAME))
        .removesAll()
        .leaves("conv2d", "relu6", "conv2d")
        .equalOutputs();
  }

  @Test
  void a_positive_factor_does_not_go_back_through_clipping() {
    positiveBack((net, v) -> net.graph().math().clipByValue("clip", v, -0.4, 0.9))
        .leaves("conv2d", "ClipByValue", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_behind_clipping_goes_forward() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .apply(v -> net.graph().math().clipByValue("clip", v, -0.4, 0.9))
                    .batchNorm()
                    .conv(4, 3, Padding.VALID))
        .removesAll()
        .leaves("ClipByValue", "conv2d")
        .equalOutputs();
  }

  @Test
  void nothing_goes_back_through_elu() {
    positiveBack((net, v) -> net.graph().nn().elu("elu", v))
        .leaves("conv2d", "elu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void nothing_goes_back_through_tanh() {
    positiveBack((net, v) -> net.graph().nn().tanh("tanh", v))
        .leaves("conv2d", "tanh", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void nothing_goes_back_through_swish() {
    positiveBack((net, v) -> net.graph().nn().swish("swish", v))
        .leaves("conv2d", "swish", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void nothing_goes_back_through_gelu() {
    positiveBack((net, v) -> net.graph().nn().gelu("gelu", v))
        .leaves("conv2d", "gelu", "multiply", "sigmoid")
        .equalOutputs();
  }

  @Test
  void nothing_goes_back_through_layer_normalization() {
    Fold.nchw(
            net ->
                net.placeholder("x", -1, 6)
                    .dense(4)
                    .apply(
                        v -> net.graph().nn().layerNorm("ln", v, net.weight("gain", 4), false, 1))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_an_identity() {
    Fold.nchw(net -> norms((n, v) -> n.graph().identity("same", v)).apply(net).sigmoid())
        .removesAll()
        .leaves("conv2d", "identity", "conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_norm_goes_back_through_a_dropout_that_drops_nothing() {
    Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> net.graph().nn().dropout("drop", v, 1.0))
                    .batchNorm()
                    .sigmoid(),
            options -> options)
        .removesAll()
        .leaves("conv2d", "dropout", "sigmoid")
        .equalOutputs();
  }

  @Test
  void nothing_goes_through_a_dropout_that_drops() {
    // SameDiff applies its dropout operator at inference too, and in float32 only.
    Fold.of(
            Net.of(1, DataType.FLOAT, false),
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> net.graph().nn().dropout("drop", v, 0.5))
                    .batchNorm()
                    .sigmoid(),
            options -> options)
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT);
  }

  @Test
  void nothing_goes_through_a_cast() {
    Fold.nchw(
            net ->
                net.image(3, 9, 7)
                    .conv(4, 3, Padding.SAME)
                    .apply(v -> v.castTo("single", DataType.FLOAT))
                    .apply(v -> v.castTo("double", DataType.DOUBLE))
                    .batchNorm()
                    .sigmoid())
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void four_relus_in_one_row_pass_a_positive_factor() {
    positiveBack(
            (net, v) -> {
              SDVariable result = v;
              for (int i = 0; i < 4; i++) {
                result = net.graph().nn().relu("relu" + i, result, 0);
              }
              return result;
            })
        .leaves("conv2d", "relu", "relu", "relu", "relu", "sigmoid")
        .equalOutputs();
  }
}
