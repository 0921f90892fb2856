package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.active;
import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.image;
import static io.github.dl4jbnfold.conformance.Parts.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.custom.FakeQuantWithMinMaxVarsPerChannel;

/** Control flow, activations as operators, what is not a fold, and what the user decides. */
final class PolicyCases {
  private PolicyCases() {}

  static List<Case> all() {
    return List.of(
        Case.keeps(
                131,
                "BN → if → dense",
                net -> conditional(net, row(net).sigmoid().batchNorm(), 6).dense(4),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.keeps(
                131,
                "dense → if → BN → sigmoid",
                net -> conditional(net, row(net).dense(4), 4).batchNorm().sigmoid())
            .in(Format.ROWS)
            .and(fold -> assertThat(fold.report().kept()).hasSize(1)),
        Case.keeps(131, "BN → while → dense", PolicyCases::loop, Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.repairs(
            132,
            "BN → ReLU6 → conv, no padding",
            net -> active(net).batchNorm().relu6().conv(4, 3, Padding.VALID),
            "CLAMP"),
        Case.repairs(
            132,
            "BN → LeakyReLU → conv, no padding",
            net -> active(net).batchNorm().leakyRelu(0.2).conv(4, 3, Padding.VALID),
            "CLAMP"),
        Case.repairs(
            132, "BN → max with the constant 0 → conv, no padding", PolicyCases::maximum, "CLAMP"),
        Case.untouched(134, "conv 1×1 → conv 3×3", PolicyCases::linearChain)
            .noting("Merging operators that no batch normalization joins is not a fold."),
        Case.untouched(135, "x + conv(x) → ReLU", PolicyCases::skip)
            .noting("Merging operators that no batch normalization joins is not a fold."),
        Case.folds(137, "conv → BN whose parameters are all trainable", net -> kinds(net, true))
            .leaving("conv2d"),
        Case.folds(137, "conv → BN whose parameters are all constants", net -> kinds(net, false))
            .leaving("conv2d"),
        Case.keeps(
                138,
                "conv → BN that the user keeps → sigmoid",
                net -> conv(net).batchNorm().sigmoid(),
                Reason.USER)
            .options(options -> options.keep("bn"))
            .leaving("conv2d", "batchnorm", "sigmoid"),
        Case.repairs(
                139,
                "BN → {ReLU → conv, conv}, padding 1, folded a second time",
                PolicyCases::everyRepair,
                "CLAMP",
                "BORDER_MAP")
            .and(Fold::isIdempotent),
        Case.folds(
                140,
                "conv → BN → sigmoid, folded as a copy; the network keeps every bit",
                net -> conv(net).batchNorm().sigmoid())
            .leaving("conv2d", "sigmoid")
            .and(PolicyCases::copyLeavesTheNetwork),
        Case.keeps(
                141,
                "conv with int8 weights times a scale per channel → BN → sigmoid",
                PolicyCases::quantized,
                Reason.SCALE_CONFLICT)
            .and(PolicyCases::integersStay),
        Case.keeps(
            141,
            "conv with weights that are quantized as they are read → BN → sigmoid",
            PolicyCases::fakeQuantized,
            Reason.SCALE_CONFLICT),
        Case.stated(
            142,
            "whole networks: ResNet-50, MobileNet-V2, DenseNet-121, …",
            Wanted.FOLDS_BY_REPAIR,
            "`NetworkTableTest` builds them at their depth and counts."));
  }

  private static Node conditional(Net net, Node x, int features) {
    return x.applyFlat(
        features,
        v ->
            net.graph()
                .ifCond("either", null, g -> v.sum().gt(0.0), g -> v.add(1.0), g -> v.mul(2.0)));
  }

  private static void loop(Net net) {
    Node norm = row(net).sigmoid().batchNorm();
    SDVariable[] start = {net.graph().constant("start", 0.0), norm.variable()};
    SDVariable[] end =
        net.graph()
            .whileLoop(
                start,
                (g, v) -> v[0].lt(3.0),
                (g, v) -> new SDVariable[] {v[0].add(1.0), v[1].mul(2.0)});
    norm.applyFlat(6, v -> end[1]).dense(4);
  }

  private static void maximum(Net net) {
    SDVariable zero = net.channelConstant(0, 0, 0);
    active(net)
        .batchNorm()
        .apply(v -> net.graph().math().max("maximum", v, zero))
        .conv(4, 3, Padding.VALID);
  }

  private static void linearChain(Net net) {
    image(net).conv(4, 1, Padding.VALID).conv(5, 3, Padding.VALID);
  }

  private static void skip(Net net) {
    Node x = image(net);
    x.add(x.conv(3, 3, Padding.SAME)).relu();
  }

  private static void kinds(Net net, boolean trainable) {
    SameDiff graph = net.graph();
    conv(net).batchNorm();
    for (String parameter : List.of("W", "bn.mean", "bn.var", "bn.gamma", "bn.beta")) {
      SDVariable variable = graph.getVariable(parameter);
      if (variable.isConstant() == trainable) {
        if (trainable) {
          graph.convertToVariable(variable);
        } else {
          graph.convertToConstant(variable);
        }
      }
    }
  }

  private static void everyRepair(Net net) {
    Node norm = active(net).batchNorm();
    norm.relu().conv(4, 3, Padding.of(1)).output();
    norm.conv(5, 3, Padding.of(1)).output();
  }

  private static void copyLeavesTheNetwork(Fold fold) {
    SameDiff network = fold.original();
    GraphState before = GraphState.of(network);
    FoldingOptions options = FoldingOptions.defaults().outputs("sigmoid");
    assertThat(BatchNormFolding.foldCopy(network, options).report().kept()).isEmpty();
    GraphState.of(network).isSameAs(before);
  }

  private static void quantized(Net net) {
    SDVariable integers =
        net.graph().constant("q", net.gaussian(40, 3, 3, 3, 5).castTo(DataType.INT8));
    SDVariable scale = net.graph().constant("scale", net.vector(0.02, 0.01, 0.04, 0.03, 0.02));
    SDVariable weights = integers.castTo("cast", net.type()).mul("weights", scale);
    SDVariable bias = net.weight("b", 5);
    image(net).apply(5, v -> conv(net, "conv", v, weights, bias)).batchNorm().sigmoid();
  }

  private static void fakeQuantized(Net net) {
    SDVariable least = net.graph().constant("least", net.vector(-1, -0.7, -1.2, -0.9, -1.1));
    SDVariable most = net.graph().constant("most", net.vector(0.8, 1.1, 0.9, 1.3, 0.7));
    SDVariable raw = net.weight("W", 3, 3, 3, 5);
    SDVariable weights =
        new FakeQuantWithMinMaxVarsPerChannel(net.graph(), raw, least, most, 8, false)
            .outputVariable();
    SDVariable bias = net.weight("b", 5);
    image(net).apply(5, v -> conv(net, "conv", v, weights, bias)).batchNorm().sigmoid();
  }

  /** Only the scales are to change. */
  private static void integersStay(Fold fold) {
    assertThat(fold.graph().variables()).anyMatch(v -> v.dataType() == DataType.INT8);
  }
}
