package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.active;
import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.image;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Forks, sums, differences and concatenations. */
final class BranchCases {
  private BranchCases() {}

  static List<Case> all() {
    return List.of(
        Case.folds(114, "BN → {conv 3×3, conv 1×1}, no padding", BranchCases::twoConvs)
            .leaving("sigmoid", "conv2d", "conv2d"),
        Case.keeps(
            115,
            "BN → {conv, ReLU → sigmoid}",
            net -> convAndRelu(net).sigmoid().output(),
            Reason.SCALE_CONFLICT),
        Case.repairs(
            115,
            "BN → {conv, ReLU → conv}, no padding",
            net -> convAndRelu(net).conv(4, 3, Padding.VALID).output(),
            "CLAMP"),
        Case.folds(117, "concat of three conv → BN → sigmoid", BranchCases::concatenated)
            .leaving("conv2d", "conv2d", "conv2d", "concat", "sigmoid"),
        Case.keeps(
            118,
            "concat of a conv and the image → BN → sigmoid",
            net -> concatenatedWithImage(net).batchNorm().sigmoid(),
            Reason.SCALE_CONFLICT),
        Case.folds(
                118,
                "concat of a conv and the image → BN → conv, no padding",
                net -> concatenatedWithImage(net).batchNorm().conv(5, 3, Padding.VALID))
            .leaving("conv2d", "concat", "conv2d"),
        Case.folds(120, "conv + conv → BN → sigmoid; t goes into one", BranchCases::sum)
            .leaving("conv2d", "conv2d", "add", "sigmoid")
            .and(fold -> Checks.biases(fold, "conv2d", 1)),
        Case.folds(120, "conv − conv → BN → sigmoid; t goes into one", BranchCases::difference)
            .leaving("conv2d", "conv2d", "subtract", "sigmoid")
            .and(fold -> Checks.biases(fold, "conv2d", 1)),
        Case.keeps(
            121,
            "conv + sigmoid of a conv → BN → sigmoid",
            BranchCases::sumWithActivation,
            Reason.SCALE_CONFLICT),
        Case.folds(
                123,
                "conv + channel constant → BN → sigmoid",
                net -> conv(net).addConstant().batchNorm().sigmoid())
            .leaving("conv2d", "sigmoid"),
        Case.folds(123, "conv + table of all positions → BN → sigmoid", BranchCases::table)
            .leaving("conv2d", "add", "sigmoid"),
        Case.folds(125, "x + BN(conv(x)) → sigmoid", BranchCases::residual)
            .leaving("conv2d", "add", "sigmoid"),
        Case.keeps(127, "x + conv(x) → BN → sigmoid", BranchCases::ownSum, Reason.SCALE_CONFLICT),
        Case.folds(
                129,
                "BN(sigmoid) + conv with bias → conv, padding 1; numbers",
                BranchCases::sumBeforePadding)
            .leaving("conv2d", "sigmoid", "add", "conv2d")
            .and(BranchCases::otherAddendTakesTheShift),
        Case.folds(
                129,
                "BN(sigmoid) + conv with bias → conv, no padding; numbers",
                BranchCases::sumBeforeConv)
            .leaving("conv2d", "sigmoid", "add", "conv2d")
            .and(BranchCases::otherAddendTakesTheScale));
  }

  private static void twoConvs(Net net) {
    Node norm = active(net).batchNorm();
    norm.conv(4, 3, Padding.VALID).output();
    norm.conv(5, 1, Padding.VALID).output();
  }

  /** One reader is linear; what is returned is the other, a ReLU. */
  private static Node convAndRelu(Net net) {
    Node norm = active(net).batchNorm();
    norm.conv(4, 3, Padding.VALID).output();
    return norm.relu();
  }

  private static void concatenated(Net net) {
    Node x = image(net);
    x.conv(4, 3, Padding.SAME)
        .concat(x.conv(5, 1, Padding.VALID), x.conv(2, 3, Padding.SAME))
        .batchNorm()
        .sigmoid();
  }

  private static Node concatenatedWithImage(Net net) {
    Node x = image(net);
    return x.conv(4, 3, Padding.SAME).concat(x);
  }

  private static void sum(Net net) {
    Node x = image(net);
    x.conv(4, 3, Padding.SAME).add(x.conv(4, 1, Padding.VALID)).batchNorm().sigmoid();
  }

  private static void difference(Net net) {
    Node x = image(net);
    x.conv(4, 3, Padding.SAME).subtract(x.conv(4, 1, Padding.VALID)).batchNorm().sigmoid();
  }

  private static void sumWithActivation(Net net) {
    Node x = image(net);
    x.conv(4, 3, Padding.SAME).add(x.conv(4, 1, Padding.VALID).sigmoid()).batchNorm().sigmoid();
  }

  private static void table(Net net) {
    SDVariable table =
        net.channelsLast() ? net.constant("table", 1, 9, 7, 5) : net.constant("table", 1, 5, 9, 7);
    conv(net).apply(v -> v.add("sum", table)).batchNorm().sigmoid();
  }

  private static void residual(Net net) {
    Node x = net.image(4, 9, 7);
    x.add(x.conv(4, 3, Padding.SAME).batchNorm()).sigmoid();
  }

  private static void ownSum(Net net) {
    Node x = net.image(4, 9, 7);
    x.add(x.conv(4, 3, Padding.SAME)).batchNorm().sigmoid();
  }

  private static void sumBeforePadding(Net net) {
    sum(net, Padding.of(1));
  }

  private static void sumBeforeConv(Net net) {
    sum(net, Padding.VALID);
  }

  private static void sum(Net net, Padding behind) {
    Node other = image(net).conv(4, 3, Padding.SAME, 1, 1, true);
    Node norm = net.image(4, 9, 7).sigmoid().batchNorm(Gamma.POSITIVE);
    norm.add(other).conv(5, 3, behind);
  }

  /** The tensor before the BN is (y − t)/s, so the sum is divided by s and the addend too. */
  private static void otherAddendTakesTheScale(Fold fold) {
    INDArray scale = Checks.scale(fold.original(), "bn");
    INDArray weights = Checks.values(fold.original(), "conv2d", 0, 1);
    Checks.areClose(
        fold, Checks.values(fold.graph(), "conv2d", 0, 1), weights.div(scale.reshape(1, 1, 1, 4)));
  }

  /**
   * Zero padding behind the sum forbids a shift of it, so the −t/s of one addend must meet t/s in
   * the bias of the other: (b + t)/s = (b + β)·√(σ² + ε)/γ − μ.
   */
  private static void otherAddendTakesTheShift(Fold fold) {
    otherAddendTakesTheScale(fold);
    INDArray bias = Checks.values(fold.original(), "conv2d", 0, 2);
    INDArray shifted = bias.add(Checks.shift(fold.original(), "bn"));
    Checks.areClose(
        fold,
        Checks.values(fold.graph(), "conv2d", 0, 2),
        shifted.div(Checks.scale(fold.original(), "bn")));
  }
}
