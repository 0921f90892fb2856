package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Maximum and minimum with a constant per channel, the constant on either side. */
class BoundTest {
  /** norm → max(·, k) → min(k, ·) → conv. */
  private static Consumer<Net> between(Gamma gamma) {
    return net -> {
      Node x = net.image(4, 9, 7).batchNorm(gamma);
      x.apply(v -> net.graph().math().max("max", v, below(net)))
          .apply(v -> net.graph().math().min("min", above(net), v))
          .conv(5, 3, Padding.VALID);
    };
  }

  private static SDVariable below(Net net) {
    return net.channelConstant(-0.7, -0.1, -0.4, 0.2);
  }

  private static SDVariable above(Net net) {
    return net.channelConstant(0.6, 0.9, 0.3, 0.8);
  }

  @Test
  void a_norm_of_positive_gammas_goes_forward_through_a_maximum_with_constants() {
    Fold.weightsOnly(between(Gamma.POSITIVE))
        .removesAll()
        .leaves("maximum", "minimum", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_of_mixed_gammas_exchanges_maximum_and_minimum_where_they_are_negative() {
    for (Fold fold :
        new Fold[] {Fold.nchw(between(Gamma.MIXED)), Fold.nhwc(between(Gamma.MIXED))}) {
      fold.removesAll().repairs("CLAMP").leavesNo("batchnorm").equalOutputs().isIdempotent();
    }
  }

  @Test
  void a_norm_of_mixed_gammas_stays_where_no_operator_may_change() {
    Fold.weightsOnly(between(Gamma.MIXED))
        .removes(0)
        .keeps("bn", Reason.SIGN_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_does_not_go_through_the_maximum_of_two_tensors() {
    Fold.nchw(
            net -> {
              Node x = net.image(4, 9, 7);
              SDVariable other = x.conv(4, 1, Padding.VALID).variable();
              x.batchNorm(Gamma.POSITIVE)
                  .apply(v -> net.graph().math().max("max", v, other))
                  .conv(5, 3, Padding.VALID);
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }
}
