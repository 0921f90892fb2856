package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.norm;
import static io.github.dl4jbnfold.conformance.Parts.row;
import static io.github.dl4jbnfold.conformance.Parts.tokens;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Square shapes, transpositions and reshapes, which hide that a batch normalization is astray. */
final class AxesCases {

  private AxesCases() {}

  static List<Case> all() {
    return List.of(
        Case.keeps(
                48,
                "dense on 6 tokens of 6 features → BN along the tokens",
                net -> norm(tokens(net, 6, 6), 1, 6),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.folds(
                49,
                "dense on 6 tokens of 6 features → BN along the features",
                net -> norm(tokens(net, 6, 6), 2, 6))
            .in(Format.ROWS)
            .leaving("reshape", "matmul", "reshape", "add"),
        Case.keeps(
                50,
                "square matmul → transpose → BN along the former rows",
                AxesCases::transposed,
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.folds(
                50,
                "matmul → transpose → BN along the former columns",
                net -> norm(tokens(net, 4, 6).apply(6, v -> v.permute(0, 2, 1)), 1, 6))
            .in(Format.ROWS)
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.keeps(
                51,
                "matmul → reshape → BN along the former rows",
                AxesCases::reshaped,
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.keeps(
            51,
            "conv → flatten → BN with one scale per feature → sigmoid",
            net -> norm(flattened(net), 1, 40).sigmoid(),
            Reason.SCALE_CONFLICT),
        Case.folds(
                53,
                "square matmul, weights on the left → mul by a column vector",
                net -> leftProduct(net).mul("scaled", net.constant("factor", 5, 1)))
            .in(Format.ROWS)
            .leaving("matmul"),
        Case.keeps(
                53,
                "square matmul, weights on the left → mul by a row vector",
                net -> leftProduct(net).mul("scaled", net.constant("factor", 5)))
            .in(Format.ROWS)
            .leaving("matmul", "multiply"),
        Case.folds(
                53,
                "square matmul, weights on the left → add and mul of a column vector",
                net -> leftSum(net).mul("scaled", net.constant("factor", 5, 1)))
            .in(Format.ROWS)
            .leaving("matmul", "add"),
        Case.folds(
                53,
                "matmul, weights on the left → BN along the rows",
                net -> norm(left(net, net.placeholder("x", 5, 6).variable()), 0, 4))
            .in(Format.ROWS)
            .leaving("matmul", "add"),
        Case.folds(
                53,
                "BN along the rows → matmul, weights on the left",
                net -> left(net, rows(net).sigmoid().batchNorm(Gamma.MIXED, 0, 5, 1e-3).variable()))
            .in(Format.ROWS)
            .leaving("sigmoid", "matmul", "add"),
        Case.folds(
                53,
                "matmul with transposed result → BN along the rows",
                AxesCases::transposedResult)
            .in(Format.ROWS)
            .leaving("matmul", "add"),
        Case.keeps(
                53,
                "square matmul, weights on the left → add of a column vector → BN along the"
                    + " columns",
                net -> norm(net.node(leftSum(net)).apply(5, v -> v), 1, 5),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS)
            .leaving("matmul", "add", "batchnorm"),
        Case.keeps(
                54,
                "matmul → softmax → BN",
                net -> row(net).matmul(4).apply(v -> net.graph().nn().softmax("p", v)).batchNorm(),
                Reason.SCALE_CONFLICT)
            .in(Format.ROWS),
        Case.folds(
                55,
                "conv in NHWC → BN along axis −1",
                net -> norm(net.image(3, 6, 6).conv(6, 3, Padding.SAME), -1, 6))
            .in(Format.NHWC)
            .leaving("conv2d"),
        Case.keeps(
                55,
                "conv in NCHW, as wide as it has channels → BN along axis 3",
                net -> norm(net.image(3, 6, 6).conv(6, 3, Padding.SAME), 3, 6),
                Reason.SCALE_CONFLICT)
            .in(Format.NCHW),
        Case.keeps(
                55,
                "conv in NHWC, as high as it has channels → BN along axis 1",
                net -> norm(net.image(3, 6, 6).conv(6, 3, Padding.SAME), 1, 6),
                Reason.SCALE_CONFLICT)
            .in(Format.NHWC),
        Case.keeps(
                55,
                "BN along axis 3 in NCHW, as wide as it has channels → conv 1×1",
                net -> norm(net.image(6, 6, 6), 3, 6).conv(6, 1, Padding.VALID),
                Reason.SCALE_CONFLICT)
            .in(Format.NCHW),
        Case.folds(56, "conv → reshape that keeps the channels → BN", AxesCases::joined)
            .leaving("conv2d", "reshape"),
        Case.folds(
                56,
                "conv → BN → flatten → sigmoid",
                net -> flat(conv(net).batchNorm(), 315).sigmoid())
            .leaving("conv2d", "reshape", "sigmoid"),
        Case.folds(59, "conv → batch to space → BN", AxesCases::batchToSpace)
            .in(Format.NHWC)
            .leaving("conv2d", "batch_to_space", "sigmoid")
            .noting("ND4J has this operator in NHWC only."));
  }

  private static void transposed(Net net) {
    Node product =
        net.placeholder("x", 5, 5).apply(5, v -> v.mmul("product", net.weight("W", 5, 5)));
    norm(product.apply(5, v -> net.graph().transpose("turned", v)), 1, 5);
  }

  private static void reshaped(Net net) {
    Node product =
        net.placeholder("x", 12, 4).apply(4, v -> v.mmul("product", net.weight("W", 4, 4)));
    norm(product.apply(4, v -> v.reshape(3, 4, 4)), 1, 4);
  }

  private static SDVariable leftProduct(Net net) {
    SDVariable x = net.placeholder("x", 5, 5).variable();
    return net.graph().mmul("product", net.weight("W", 5, 5), x);
  }

  private static SDVariable leftSum(Net net) {
    return leftProduct(net).add("sum", net.constant("column", 5, 1));
  }

  private static Node rows(Net net) {
    return net.placeholder("x", 5, 6).apply(5, v -> v);
  }

  private static Node left(Net net, SDVariable x) {
    SDVariable product = net.graph().mmul("product", net.weight("W", 4, 5), x);
    return net.node(product).apply(4, v -> v);
  }

  private static void transposedResult(Net net) {
    SDVariable x = net.placeholder("x", 5, 6).variable();
    SDVariable weights = net.weight("W", 6, 4);
    SDVariable product = net.graph().mmul("product", x, weights, false, false, true);
    norm(net.node(product).apply(4, v -> v), 0, 4);
  }

  private static Node flattened(Net net) {
    return flat(net.image(3, 4, 5).conv(2, 1, Padding.SAME), 40);
  }

  private static Node flat(Node x, int features) {
    return x.applyFlat(features, v -> v.reshape(-1, features));
  }

  private static void joined(Net net) {
    Node conv = net.image(3, 9, 7).conv(8, 3, Padding.SAME);
    if (net.channelsLast()) {
      norm(conv.apply(8, v -> v.reshape(-1, 63, 8)), 2, 8);
    } else {
      norm(conv.apply(8, v -> v.reshape(-1, 8, 63)), 1, 8);
    }
  }

  private static void batchToSpace(Net net) {
    int[] blocks = {2, 2};
    int[] crops = {0, 0};
    net.placeholder("x", 8, 4, 5, 3)
        .conv(6, 1, Padding.VALID)
        .apply(v -> net.graph().cnn().batchToSpace("spread", v, blocks, crops, 0, 0))
        .batchNorm()
        .sigmoid();
  }
}
