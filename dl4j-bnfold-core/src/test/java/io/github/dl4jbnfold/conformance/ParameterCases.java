package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.axis;
import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parameters of a batch normalization: zeros, ε, absent ones, statistics, data types. */
final class ParameterCases {
  private ParameterCases() {}

  static List<Case> all() {
    return List.of(
        Case.folds(38, "conv → BN with some γ = 0", net -> conv(net).batchNorm(Gamma.SOME_ZERO))
            .leaving("conv2d"),
        Case.folds(39, "conv → BN with all γ = 0", net -> conv(net).batchNorm(Gamma.ZERO))
            .leaving("conv2d")
            .and(
                fold ->
                    assertThat(Checks.values(fold.graph(), "conv2d", 0, 1).amaxNumber())
                        .isEqualTo(0.0)),
        Case.folds(40, "conv → BN that is the identity", ParameterCases::identity)
            .leaving("conv2d")
            .and(fold -> Checks.sameBits(fold, "W"))
            .and(fold -> Checks.sameBits(fold, "b")),
        Case.folds(41, "three conv → BN with ε = 1e-5, 1e-3, 0.3", ParameterCases::epsilons)
            .leaving("conv2d", "conv2d", "conv2d"),
        Case.folds(
                42,
                "conv → BN without γ and β",
                net -> conv(net).apply(v -> Parts.norm(net, v, null, null)))
            .leaving("conv2d"),
        Case.folds(
                42,
                "conv → BN without β",
                net -> conv(net).apply(v -> Parts.norm(net, v, net.weight("gamma", 5), null)))
            .leaving("conv2d"),
        Case.folds(
                42,
                "conv → BN without γ",
                net -> conv(net).apply(v -> Parts.norm(net, v, null, net.weight("beta", 5))))
            .leaving("conv2d"),
        Case.keeps(
            43,
            "conv → BN in training mode",
            net -> conv(net).apply(v -> Parts.fused(net, v, true)[0]).sigmoid(),
            Reason.BATCH_STATISTICS),
        Case.keeps(
            43,
            "conv → BN with the mean and variance of its batch",
            ParameterCases::computedStatistics,
            Reason.NOT_CONSTANT),
        Case.folds(44, "conv → BN with σ² = 0 in some channels", ParameterCases::noVariance)
            .leaving("conv2d"),
        Case.folds(45, "conv → BN in float16", net -> conv(net).batchNorm())
            .as(DataType.FLOAT16)
            .leaving("conv2d")
            .and(ParameterCases::roundedOnce),
        Case.folds(45, "conv → BN in bfloat16", net -> conv(net).batchNorm())
            .as(DataType.BFLOAT16)
            .leaving("conv2d")
            .and(ParameterCases::roundedOnce),
        Case.folds(47, "conv → BN; every variable keeps its type", net -> conv(net).batchNorm())
            .leaving("conv2d")
            .and(ParameterCases::keepsItsType));
  }

  private static void keepsItsType(Fold fold) {
    DataType type = fold.original().getVariable("x0").dataType();
    assertThat(fold.graph().variables()).allMatch(v -> v.dataType() == type);
  }

  /** γ = 1, β = 0, μ = 0 and σ² + ε = 1 without rounding. */
  private static void identity(Net net) {
    INDArray zeros = net.vector(0, 0, 0, 0, 0);
    INDArray variance = zeros.add(0.75);
    image(net)
        .conv(5, 3, Padding.SAME, 1, 1, true)
        .apply(
            v ->
                net.graph()
                    .nn()
                    .batchNorm(
                        "bn",
                        v,
                        net.graph().constant("mean", zeros),
                        net.graph().constant("var", variance),
                        net.graph().var("gamma", zeros.add(1)),
                        net.graph().var("beta", zeros.dup()),
                        0.25,
                        axis(net)));
  }

  private static void epsilons(Net net) {
    Node x = image(net);
    for (double epsilon : new double[] {1e-5, 1e-3, 0.3}) {
      x.conv(5, 3, Padding.SAME).batchNorm(Gamma.MIXED, axis(net), 5, epsilon).output();
    }
  }

  private static void computedStatistics(Net net) {
    Node x = conv(net);
    int[] positions = net.channelsLast() ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
    SDVariable mean = x.variable().mean("mean", positions);
    SDVariable variance = x.variable().std("deviation", false, positions).mul("variance", 1.3);
    SDVariable gamma = net.weight("gamma", 5);
    SDVariable beta = net.weight("beta", 5);
    x.apply(v -> Parts.norm(net, v, mean, variance, gamma, beta)).sigmoid();
  }

  private static void noVariance(Net net) {
    double[] gamma = {1.3, -0.4, 0.8, 2, -0.6};
    double[] variance = {0, 0.7, 0, 1.9, 0};
    conv(net).batchNorm(gamma, variance, axis(net), 1e-3);
  }

  /** The weights and the bias are those of double precision, rounded to their type. */
  private static void roundedOnce(Fold fold) {
    INDArray scale = Checks.scale(fold.original(), "bn");
    INDArray weights = Checks.array(fold.original(), "W").mul(scale.reshape(1, 1, 1, 5));
    isRounded(fold, 1, weights);
    isRounded(fold, 2, Checks.shift(fold.original(), "bn"));
  }

  private static void isRounded(Fold fold, int input, INDArray exact) {
    String name = Checks.input(fold.graph(), "conv2d", 0, input);
    INDArray stored = fold.graph().getVariable(name).getArr();
    GraphState.areSameBits(name, stored, exact.castTo(stored.dataType()));
  }
}
