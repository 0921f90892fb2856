package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Several readers of a tensor, requested tensors, and parameters that several operators read. */
final class SharingCases {
  private SharingCases() {}

  static List<Case> all() {
    return List.of(
        Case.keeps(
            60,
            "conv → BN → add, which also reads conv → sigmoid",
            SharingCases::readByAddition,
            Reason.SCALE_CONFLICT),
        Case.keeps(
            61,
            "conv, a requested output → BN → sigmoid",
            net -> conv(net).output().batchNorm().sigmoid().output(),
            Reason.SCALE_CONFLICT),
        Case.keeps(
            61,
            "conv, a requested output → BN, a requested output",
            net -> conv(net).output().batchNorm().output(),
            Reason.OUTPUT),
        Case.folds(
                62,
                "conv → BN, a requested output, which keeps its name",
                net -> conv(net).batchNorm().output())
            .leaving("conv2d")
            .and(SharingCases::outputKeepsItsName),
        Case.folds(
                62,
                "conv → BN, a requested output → ReLU → BN with γ > 0 → conv",
                SharingCases::requestedAndRead)
            .leaving("conv2d", "relu", "conv2d"),
        Case.keeps(
                63,
                "dense → {BN → sigmoid, sigmoid}",
                net -> readTwice(net).sigmoid().output(),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.folds(
                63,
                "dense → {BN → sigmoid, dense}; the second dense undoes it",
                net -> readTwice(net).dense(3).sigmoid().output())
            .in(Format.ROWS)
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.folds(
                64,
                "two conv that share weights, a BN behind each; the weights are copied",
                SharingCases::sharedWeights)
            .leaving("conv2d", "conv2d")
            .and(fold -> haveWeightsOfTheirOwn(fold, "conv2d")),
        Case.folds(
                66,
                "one conv with bias called on two images, a BN behind each call",
                net -> calledTwice(net, true))
            .leaving("conv2d", "conv2d")
            .and(fold -> haveWeightsOfTheirOwn(fold, "conv2d")),
        Case.folds(
                66,
                "one dense layer called twice in a row, a BN behind each call",
                SharingCases::calledInARow)
            .in(Format.ROWS)
            .leaving("xw_plus_b", "relu", "xw_plus_b", "sigmoid")
            .and(fold -> haveWeightsOfTheirOwn(fold, "xw_plus_b")),
        Case.folds(
                67,
                "one conv with bias called on two images, a BN behind one call",
                net -> calledTwice(net, false))
            .leaving("conv2d", "conv2d")
            .and(fold -> haveWeightsOfTheirOwn(fold, "conv2d"))
            .and(SharingCases::secondCallReadsTheOriginal),
        Case.folds(
                69, "conv − k → BN → sigmoid → add of the same k", SharingCases::constantReadTwice)
            .leaving("conv2d", "sigmoid", "add")
            .and(SharingCases::additionReadsTheOriginal),
        Case.keeps(
            70,
            "conv → BN whose batch mean is a requested output → sigmoid",
            SharingCases::statisticsRequested,
            Reason.BATCH_STATISTICS),
        Case.keeps(
                72,
                "conv → {BN → sigmoid, BN → sigmoid}; one of them goes",
                SharingCases::twoNorms,
                Reason.SCALE_CONFLICT)
            .removing(1),
        Case.folds(
                72,
                "conv → {BN → conv, BN → conv}, no padding behind",
                SharingCases::twoNormsForward)
            .leaving("conv2d", "conv2d", "conv2d"));
  }

  private static void readByAddition(Net net) {
    Node conv = conv(net);
    conv.batchNorm().add(conv).sigmoid();
  }

  private static void outputKeepsItsName(Fold fold) {
    assertThat(fold.report().outputs()).containsExactly("bn");
    assertThat(fold.graph().hasVariable("bn")).isTrue();
    assertThat(fold.graph().hasVariable("conv")).isFalse();
  }

  private static void requestedAndRead(Net net) {
    Node norm = conv(net).batchNorm().output();
    norm.relu().batchNorm(Gamma.POSITIVE).conv(4, 3, Padding.VALID).output();
  }

  /** A dense layer of which one reader is a batch normalization. */
  private static Node readTwice(Net net) {
    Node dense = row(net).dense(4);
    dense.batchNorm().sigmoid().output();
    return dense;
  }

  private static void sharedWeights(Net net) {
    SDVariable weights = net.weight("W", 3, 3, 3, 5);
    net.image(3, 9, 7).conv(weights, 5, Padding.SAME, 1, 1, false).batchNorm().output();
    net.image(3, 6, 8).conv(weights, 5, Padding.SAME, 1, 1, false).batchNorm().output();
  }

  private static void calledTwice(Net net, boolean both) {
    SDVariable weights = net.weight("W", 3, 3, 3, 5);
    SDVariable bias = net.weight("b", 5);
    Node one = net.image(3, 9, 7).apply(5, v -> conv(net, "one", v, weights, bias));
    Node two = net.image(3, 6, 8).apply(5, v -> conv(net, "two", v, weights, bias));
    one.batchNorm().output();
    (both ? two.batchNorm() : two).output();
  }

  private static void calledInARow(Net net) {
    SDVariable weights = net.weight("W", 6, 6);
    SDVariable bias = net.weight("b", 6);
    row(net)
        .apply(v -> net.graph().nn().linear("first", v, weights, bias))
        .batchNorm()
        .relu()
        .apply(v -> net.graph().nn().linear("second", v, weights, bias))
        .batchNorm()
        .sigmoid();
  }

  private static void haveWeightsOfTheirOwn(Fold fold, String type) {
    assertThat(Checks.input(fold.graph(), type, 0, 1))
        .isNotEqualTo(Checks.input(fold.graph(), type, 1, 1));
    assertThat(Checks.input(fold.original(), type, 0, 1))
        .isEqualTo(Checks.input(fold.original(), type, 1, 1));
  }

  private static void secondCallReadsTheOriginal(Fold fold) {
    assertThat(Checks.values(fold.graph(), "conv2d", 1, 1))
        .isEqualTo(Checks.values(fold.original(), "conv2d", 1, 1));
    assertThat(Checks.values(fold.graph(), "conv2d", 1, 2))
        .isEqualTo(Checks.values(fold.original(), "conv2d", 1, 2));
  }

  private static void constantReadTwice(Net net) {
    SDVariable k = net.channelConstant(0.7, -1.3, 0.4, 1.9, -0.6);
    conv(net)
        .apply(v -> v.sub("centered", k))
        .batchNorm()
        .sigmoid()
        .apply(v -> v.add("moved", k))
        .output();
  }

  private static void additionReadsTheOriginal(Fold fold) {
    assertThat(Checks.values(fold.graph(), "add", 0, 1))
        .isEqualTo(Checks.values(fold.original(), "add", 0, 1));
  }

  private static void statisticsRequested(Net net) {
    Node conv = conv(net);
    SDVariable[] outputs = Parts.fused(net, conv.variable(), false);
    net.node(outputs[1]).output();
    conv.apply(v -> outputs[0]).sigmoid().output();
  }

  private static void twoNorms(Net net) {
    Node conv = conv(net);
    conv.batchNorm().sigmoid().output();
    conv.batchNorm().sigmoid().output();
  }

  private static void twoNormsForward(Net net) {
    Node conv = conv(net);
    conv.batchNorm().conv(4, 1, Padding.VALID).output();
    conv.batchNorm().conv(4, 3, Padding.VALID).output();
  }
}
