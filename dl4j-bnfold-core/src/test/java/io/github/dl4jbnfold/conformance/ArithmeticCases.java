package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.image;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.nd4j.autodiff.samediff.SDVariable;

/** Batch normalizations and parts of them that are written as arithmetic. */
final class ArithmeticCases {
  private static final double[] ONE = {0.7, -1.3, 0.4, 1.9, -0.6};
  private static final double[] TWO = {-0.2, 0.9, 1.7, -1.1, 0.5};
  private static final double[] THREE = {1.2, 0.3, -0.8, 0.6, -1.5};

  private ArithmeticCases() {}

  static List<Case> all() {
    return List.of(
        alone(21, "conv → sub → mul → add", (v, k) -> v.sub(k[0]).mul(k[1]).add(k[2])),
        alone(23, "conv → add of a channel constant", (v, k) -> v.add(k[0])),
        Case.folds(
                23, "conv with bias → add of a channel constant → sigmoid", ArithmeticCases::biased)
            .leaving("conv2d", "sigmoid"),
        Case.keeps(23, "conv → add of a constant per position → sigmoid", ArithmeticCases::field)
            .leaving("conv2d", "add", "sigmoid"),
        alone(24, "conv → sub of a channel constant", (v, k) -> v.sub(k[0])),
        alone(25, "conv → div by a channel constant", (v, k) -> v.div(k[0])),
        Case.keeps(26, "channel constant − conv → sigmoid", build((v, k) -> k[0].sub(v)))
            .leaving("conv2d", "subtract", "sigmoid"),
        Case.folds(26, "channel constant − conv → BN → sigmoid", ArithmeticCases::negated)
            .leaving("conv2d", "subtract", "sigmoid"),
        Case.keeps(27, "channel constant / conv → sigmoid", build((v, k) -> k[0].div(v)))
            .leaving("conv2d", "divide", "sigmoid"),
        alone(28, "channel constant × conv", (v, k) -> k[0].mul(v)),
        alone(28, "channel constant + conv", (v, k) -> k[0].add(v)),
        alone(
            30,
            "conv → add of a number → add of a channel constant",
            (v, k) -> v.add(0.37).add(k[0])),
        alone(31, "conv → add → mul", (v, k) -> v.add(k[0]).mul(k[1])));
  }

  /** Arithmetic with channel constants that all goes into the convolution. */
  private static Case alone(
      int number, String words, BiFunction<SDVariable, SDVariable[], SDVariable> arithmetic) {
    return Case.folds(number, words + " → sigmoid", build(arithmetic)).leaving("conv2d", "sigmoid");
  }

  private static Consumer<Net> build(BiFunction<SDVariable, SDVariable[], SDVariable> arithmetic) {
    return net -> {
      SDVariable[] constants = {
        net.channelConstant(ONE), net.channelConstant(TWO), net.channelConstant(THREE)
      };
      conv(net).apply(v -> arithmetic.apply(v, constants)).sigmoid();
    };
  }

  private static void biased(Net net) {
    image(net).conv(5, 3, Padding.SAME, 1, 1, true).addConstant().sigmoid();
  }

  private static void negated(Net net) {
    SDVariable constant = net.channelConstant(ONE);
    conv(net).apply(v -> constant.sub("negated", v)).batchNorm().sigmoid();
  }

  private static void field(Net net) {
    SDVariable field = net.channelsLast() ? net.constant("f", 9, 7, 1) : net.constant("f", 9, 7);
    conv(net).apply(v -> v.add("sum", field)).sigmoid();
  }
}
