package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.grouped;
import static io.github.dl4jbnfold.conformance.Parts.image;
import static io.github.dl4jbnfold.conformance.Parts.norm;
import static io.github.dl4jbnfold.conformance.Parts.row;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** The linear operator before a batch normalization takes it, and what stands between them. */
final class BackwardCases {
  private BackwardCases() {}

  static List<Case> all() {
    return List.of(
        Case.folds(
                1,
                "conv with bias → BN",
                net -> image(net).conv(8, 3, Padding.VALID, 1, 1, true).batchNorm())
            .leaving("conv2d"),
        Case.folds(
                2,
                "conv without bias → BN; the new bias holds t",
                net -> image(net).conv(8, 3, Padding.VALID).batchNorm())
            .leaving("conv2d")
            .and(BackwardCases::newBiasIsShift),
        Case.folds(
                3,
                "conv, padding 1, stride 2, dilation 2 → BN",
                net -> net.image(3, 13, 11).conv(8, 3, Padding.of(1), 2, 2, false).batchNorm())
            .leaving("conv2d")
            .and(fold -> Checks.sameArguments(fold, "conv2d")),
        Case.folds(
                3,
                "conv, SAME, stride 2, dilation 2 → BN",
                net -> net.image(3, 13, 11).conv(8, 3, Padding.SAME, 2, 2, true).batchNorm())
            .leaving("conv2d")
            .and(fold -> Checks.sameArguments(fold, "conv2d")),
        Case.folds(
                4,
                "depthwise conv, multiplier 1 → BN",
                net -> net.image(5, 9, 7).depthwise(1, 3, Padding.SAME).batchNorm())
            .leaving("depthwise_conv2d"),
        Case.folds(
                5,
                "depthwise conv, multiplier 2 → BN",
                net -> net.image(5, 9, 7).depthwise(2, 3, Padding.of(1)).batchNorm())
            .leaving("depthwise_conv2d"),
        Case.folds(6, "conv in 2 groups → BN", BackwardCases::groupedConv)
            .leaving("split", "conv2d", "conv2d", "concat")
            .noting("SameDiff writes groups as split, operators and concat."),
        Case.folds(7, "conv1d → BN", BackwardCases::conv1d).leaving("conv1d"),
        Case.folds(8, "conv3d → BN", BackwardCases::conv3d).leaving("conv3dnew"),
        groupedDeconv(10, 6, 6, 6),
        groupedDeconv(11, 6, 9, 3),
        groupedDeconv(11, 6, 8, 2),
        groupedDeconv(11, 6, 12, 2),
        Case.folds(13, "dense → BN", net -> row(net).dense(4).batchNorm())
            .in(Format.ROWS)
            .leaving("xw_plus_b"),
        Case.folds(14, "matmul → BN", net -> row(net).matmul(4).batchNorm())
            .in(Format.ROWS)
            .leaving("matmul", "add"),
        Case.folds(15, "matmul → add → BN", net -> row(net).matmul(4).addConstant().batchNorm())
            .in(Format.ROWS)
            .leaving("matmul", "add"),
        Case.keeps(
                16,
                "product of two computed matrices → BN",
                BackwardCases::dynamicProduct,
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS)
            .leaving("matmul", "batchnorm"),
        Case.folds(
                18,
                "conv → identity → BN",
                net -> conv(net).apply(v -> net.graph().identity(v)).batchNorm())
            .leaving("conv2d", "identity"),
        Case.folds(
                18,
                "conv → dropout that drops nothing → BN",
                net -> conv(net).apply(v -> net.graph().nn().dropout("d", v, 1)).batchNorm())
            .as(DataType.FLOAT)
            .leaving("conv2d", "dropout")
            .noting("SameDiff applies its dropout operator at inference, and in float32 only."),
        Case.folds(19, "conv → BN → BN", net -> conv(net).batchNorm().batchNorm())
            .leaving("conv2d"),
        Case.folds(
                20,
                "conv → BN → mul → add",
                net -> conv(net).batchNorm().multiplyConstant().addConstant())
            .leaving("conv2d"),
        Case.keeps(
                32,
                "dense with ReLU inside the operator → BN → sigmoid",
                net -> reluLayer(net).batchNorm().sigmoid(),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS)
            .leaving("relu_layer", "batchnorm", "sigmoid"),
        Case.folds(
                32,
                "dense with ReLU inside the operator → BN → dense",
                net -> reluLayer(net).batchNorm().dense(3))
            .in(Format.ROWS)
            .leaving("relu_layer", "xw_plus_b"),
        Case.repairs(
                33,
                "conv → ReLU → BN → sigmoid",
                net -> conv(net).relu().batchNorm().sigmoid(),
                "CLAMP")
            .leaving("conv2d", "sigmoid", "maximum", "minimum"),
        Case.repairs(
                33,
                "conv → ReLU → BN with γ > 0 → sigmoid",
                net -> conv(net).relu().batchNorm(Gamma.POSITIVE).sigmoid(),
                "CLAMP")
            .leaving("conv2d", "sigmoid", "maximum"),
        Case.folds(
                34,
                "conv → ReLU → mul by positive constants → sigmoid",
                net -> reluTimes(net, 0.3, 1.4, 0.7, 2, 1.1))
            .leaving("conv2d", "relu", "sigmoid"),
        Case.repairs(
                36,
                "conv → ReLU → mul by constants, one negative → sigmoid",
                net -> reluTimes(net, 0.3, 1.4, -0.7, 2, 1.1),
                "CLAMP")
            .and(fold -> fold.leavesNo("multiply")));
  }

  private static void newBiasIsShift(Fold fold) {
    Checks.biases(fold, "conv2d", 1);
    Checks.areClose(
        fold, Checks.values(fold.graph(), "conv2d", 0, 2), Checks.shift(fold.original(), "bn"));
  }

  private static void groupedConv(Net net) {
    Node x = net.image(6, 9, 7);
    grouped(net, x, 6, 2, part -> part.conv(4, 3, Padding.SAME)).batchNorm();
  }

  private static Case groupedDeconv(int number, int in, int out, int groups) {
    String words =
        groups == in
            ? "depthwise deconv, %d channels → BN".formatted(in)
            : "deconv, %d to %d channels in %d groups → BN".formatted(in, out, groups);
    return Case.folds(
            number,
            words,
            net ->
                grouped(net, net.image(in, 5, 4), in, groups, p -> p.deconv(out / groups, 3, 2))
                    .batchNorm())
        .and(fold -> Checks.biases(fold, "deconv2d", groups));
  }

  private static void conv1d(Net net) {
    boolean last = net.channelsLast();
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(3)
            .s(1)
            .d(1)
            .paddingMode(PaddingMode.SAME)
            .dataFormat(last ? Conv1DConfig.NWC : Conv1DConfig.NCW)
            .build();
    Node x = last ? net.placeholder("x", -1, 11, 4) : net.placeholder("x", -1, 4, 11);
    SDVariable weights = net.weight("W", 3, 4, 6);
    Node y = x.apply(6, v -> net.graph().cnn().conv1d("conv", v, weights, config));
    norm(y, last ? 2 : 1, 6);
  }

  private static void conv3d(Net net) {
    boolean last = net.channelsLast();
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(2)
            .kH(3)
            .kW(2)
            .sD(1)
            .sH(2)
            .sW(1)
            .dD(1)
            .dH(1)
            .dW(1)
            .paddingMode(PaddingMode.SAME)
            .dataFormat(last ? Conv3DConfig.NDHWC : Conv3DConfig.NCDHW)
            .build();
    Node x = last ? net.placeholder("x", -1, 5, 6, 4, 3) : net.placeholder("x", -1, 3, 5, 6, 4);
    SDVariable weights = net.weight("W", 2, 3, 2, 3, 7);
    Node y = x.apply(7, v -> net.graph().cnn().conv3d("conv", v, weights, config));
    norm(y, last ? 4 : 1, 7);
  }

  private static void dynamicProduct(Net net) {
    SDVariable left = net.placeholder("a", 4, 6).variable();
    SDVariable right = net.placeholder("b", 6, 5).variable();
    norm(net.node(left.mmul("product", right)).apply(5, v -> v), 1, 5);
  }

  private static Node reluLayer(Net net) {
    SDVariable weights = net.weight("W", 6, 4);
    SDVariable bias = net.weight("b", 4);
    return row(net).apply(4, v -> net.graph().nn().reluLayer("layer", v, weights, bias));
  }

  private static void reluTimes(Net net, double... factors) {
    SDVariable constant = net.channelConstant(factors);
    conv(net).relu().apply(v -> v.mul("scaled", constant)).sigmoid();
  }
}
