package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.active;
import static io.github.dl4jbnfold.conformance.Parts.axis;
import static io.github.dl4jbnfold.conformance.Parts.image;
import static io.github.dl4jbnfold.conformance.Parts.row;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.LocalResponseNormalizationConfig;

/** The linear operator behind a batch normalization takes it; a sigmoid stands before it. */
final class ForwardCases {
  private static final String MAP = "BORDER_MAP";

  private ForwardCases() {}

  static List<Case> all() {
    return List.of(
        Case.folds(
                73,
                "BN → conv, no padding",
                net -> active(net).batchNorm().conv(8, 3, Padding.VALID))
            .leaving("sigmoid", "conv2d"),
        Case.repairs(
                74,
                "BN → conv, padding 1",
                net -> active(net).batchNorm().conv(8, 3, Padding.of(1)),
                MAP)
            .leaving("sigmoid", "conv2d", "add"),
        Case.repairs(
                74,
                "BN → conv, SAME, stride 2",
                net -> active(net).batchNorm().conv(8, 3, Padding.SAME, 2, 1, true),
                MAP)
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.folds(75, "BN with t = 0 → conv, padding 1", ForwardCases::withoutShift)
            .leaving("sigmoid", "conv2d"),
        Case.folds(
                76,
                "mul by a channel constant → conv, padding 1",
                net -> active(net).multiplyConstant().conv(8, 3, Padding.of(1)))
            .leaving("sigmoid", "conv2d"),
        Case.folds(
                77,
                "add of a channel constant → conv, no padding",
                net -> active(net).addConstant().conv(8, 3, Padding.VALID))
            .leaving("sigmoid", "conv2d"),
        Case.repairs(
                77,
                "add of a channel constant → conv, padding 1",
                net -> active(net).addConstant().conv(8, 3, Padding.of(1)),
                MAP)
            .differing("The map would be an addition itself, so the addition stays."),
        Case.keeps(78, "add of a constant per position → conv", ForwardCases::field)
            .leaving("sigmoid", "add", "conv2d"),
        Case.folds(
                79,
                "BN → conv 1×1, no padding",
                net -> active(net).batchNorm().conv(8, 1, Padding.VALID))
            .leaving("sigmoid", "conv2d"),
        Case.folds(
                79,
                "BN → conv 1×1, SAME, which reads no zeros",
                net -> active(net).batchNorm().conv(8, 1, Padding.SAME))
            .leaving("sigmoid", "conv2d"),
        Case.repairs(
            80,
            "BN → conv 1×1, padding 1",
            net -> active(net).batchNorm().conv(8, 1, Padding.of(1)),
            MAP),
        kernel(2, 2),
        kernel(3, 1),
        kernel(1, 3),
        Case.folds(83, "BN → conv in 2 groups, no padding", ForwardCases::grouped)
            .leaving("sigmoid", "split", "conv2d", "conv2d", "concat"),
        Case.folds(
                83,
                "BN → depthwise conv, multiplier 2, no padding",
                net -> active(net).batchNorm().depthwise(2, 3, Padding.VALID))
            .leaving("sigmoid", "depthwise_conv2d"),
        Case.folds(84, "BN → deconv 1×1, stride 1", net -> active(net).batchNorm().deconv(4, 1, 1))
            .leaving("sigmoid", "deconv2d"),
        Case.repairs(
            85, "BN → deconv 1×1, stride 2", net -> active(net).batchNorm().deconv(4, 1, 2), MAP),
        Case.repairs(
            87, "BN → deconv 3×3, stride 2", net -> active(net).batchNorm().deconv(4, 3, 2), MAP),
        Case.folds(
                87,
                "mul by a channel constant → deconv 3×3, stride 2",
                net -> active(net).multiplyConstant().deconv(4, 3, 2))
            .leaving("sigmoid", "deconv2d"),
        Case.folds(88, "BN → dense", net -> row(net).sigmoid().batchNorm().dense(4))
            .in(Format.ROWS)
            .leaving("sigmoid", "xw_plus_b"),
        Case.folds(88, "BN → matmul", net -> row(net).sigmoid().batchNorm().matmul(4))
            .in(Format.ROWS)
            .leaving("sigmoid", "matmul", "add"),
        Case.folds(
                89,
                "BN → flatten → dense",
                net ->
                    net.image(3, 4, 5).batchNorm().applyFlat(60, v -> v.reshape(-1, 60)).dense(4))
            .leaving("reshape", "xw_plus_b"),
        Case.folds(89, "flatten → BN with one scale per feature → dense", ForwardCases::features)
            .leaving("conv2d", "reshape", "xw_plus_b"),
        Case.repairs(
            91,
            "BN → ReLU → conv, no padding",
            net -> active(net).batchNorm().relu().conv(4, 3, Padding.VALID),
            "CLAMP"),
        Case.repairs(
            91,
            "BN → ReLU → conv, SAME",
            net -> active(net).batchNorm().relu().conv(4, 3, Padding.SAME),
            "CLAMP",
            MAP),
        Case.repairs(
            91,
            "sigmoid → {BN → ReLU → conv, BN → ReLU → conv}, no padding",
            ForwardCases::twoReaders,
            "CLAMP"),
        Case.folds(
                92,
                "ReLU → BN → conv, no padding",
                net -> image(net).relu().batchNorm().conv(4, 3, Padding.VALID))
            .leaving("relu", "conv2d"),
        Case.folds(
                92,
                "conv → ReLU → BN → conv, no padding",
                net -> Parts.conv(net).relu().batchNorm().conv(4, 3, Padding.VALID))
            .leaving("conv2d", "relu", "conv2d"),
        Case.folds(
                93,
                "conv → BN → conv, no padding: once, and backward",
                net -> Parts.conv(net).batchNorm().conv(4, 3, Padding.VALID))
            .leaving("conv2d", "conv2d")
            .and(fold -> Checks.sameBits(fold, "W_1")),
        Case.folds(
                93,
                "conv → BN → conv, SAME: once, and backward",
                net -> Parts.conv(net).batchNorm().conv(4, 3, Padding.SAME))
            .leaving("conv2d", "conv2d")
            .and(fold -> Checks.sameBits(fold, "W_1")),
        Case.folds(
                94,
                "image → BN → conv, no padding, stride 2",
                net -> image(net).batchNorm().conv(8, 3, Padding.VALID, 2, 1, true))
            .leaving("conv2d"),
        Case.repairs(
                94,
                "image → BN → conv, padding 1",
                net -> image(net).batchNorm().conv(8, 3, Padding.of(1), 1, 1, true),
                MAP)
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.folds(102, "add → BN with some γ = 0 → conv, no padding", ForwardCases::zeros)
            .leaving("sigmoid", "conv2d"),
        Case.folds(
                102,
                "BN with all γ = 0 → conv, no padding",
                net -> active(net).batchNorm(Gamma.ZERO).conv(4, 3, Padding.VALID))
            .leaving("sigmoid", "conv2d"),
        Case.keeps(
                112,
                "BN → softmax → dense",
                net -> row(net).batchNorm().apply(v -> net.graph().nn().softmax("p", v)).dense(4),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.keeps(
            112,
            "BN → sigmoid → conv",
            net -> image(net).batchNorm().sigmoid().conv(4, 3, Padding.VALID),
            Reason.SCALE_CONFLICT),
        Case.keeps(
            112,
            "BN → local response normalization → conv",
            ForwardCases::localResponse,
            Reason.SCALE_CONFLICT),
        Case.keeps(
            113,
            "image → BN, a requested output",
            net -> image(net).batchNorm().output(),
            Reason.OUTPUT));
  }

  private static Case kernel(int height, int width) {
    return Case.folds(
            81,
            "BN → conv %d×%d, no padding".formatted(height, width),
            net -> {
              SDVariable weights = net.weight("W", height, width, 3, 5);
              active(net).batchNorm().conv(weights, 5, Padding.VALID, 1, 1, false);
            })
        .leaving("sigmoid", "conv2d");
  }

  private static void withoutShift(Net net) {
    INDArray zeros = net.vector(0, 0, 0);
    active(net)
        .apply(
            v ->
                net.graph()
                    .nn()
                    .batchNorm(
                        "bn",
                        v,
                        net.graph().constant("mean", zeros),
                        net.graph().constant("var", net.vector(0.4, 1.7, 0.9)),
                        net.graph().var("gamma", net.vector(-0.8, 1.2, 0.5)),
                        net.graph().var("beta", zeros.dup()),
                        1e-3,
                        axis(net)))
        .conv(8, 3, Padding.of(1));
  }

  private static void field(Net net) {
    SDVariable field = net.channelsLast() ? net.constant("f", 9, 7, 1) : net.constant("f", 9, 7);
    active(net).apply(v -> v.add("sum", field)).conv(8, 3, Padding.VALID);
  }

  private static void grouped(Net net) {
    Node norm = net.image(6, 9, 7).sigmoid().batchNorm();
    Parts.grouped(net, norm, 6, 2, part -> part.conv(4, 3, Padding.VALID));
  }

  private static void features(Net net) {
    Node flat = net.image(3, 4, 5).conv(2, 1, Padding.SAME).applyFlat(40, v -> v.reshape(-1, 40));
    Parts.norm(flat, 1, 40).dense(4);
  }

  private static void twoReaders(Net net) {
    Node x = active(net);
    x.batchNorm().relu().conv(4, 3, Padding.VALID).output();
    x.batchNorm().relu().conv(5, 1, Padding.VALID).output();
  }

  private static void zeros(Net net) {
    active(net).addConstant().batchNorm(Gamma.SOME_ZERO).conv(4, 3, Padding.VALID);
  }

  private static void localResponse(Net net) {
    var config =
        LocalResponseNormalizationConfig.builder().alpha(0.3).beta(0.7).bias(1.2).depth(2).build();
    image(net)
        .batchNorm()
        .apply(v -> net.graph().cnn().localResponseNormalization("lrn", v, config))
        .conv(4, 3, Padding.VALID);
  }
}
