package io.github.dl4jbnfold.conformance;

import static io.github.dl4jbnfold.conformance.Parts.active;
import static io.github.dl4jbnfold.conformance.Parts.conv;
import static io.github.dl4jbnfold.conformance.Parts.image;
import static io.github.dl4jbnfold.conformance.Parts.pad;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Padding, pooling and resizing between a batch normalization and the operator that takes it. */
final class PassageCases {
  private PassageCases() {}

  static List<Case> all() {
    return List.of(
        Case.repairs(95, "BN → pad with 0 → conv, no padding", net -> padded(net, 0), "PAD_VALUE")
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.folds(97, "pad with 0 → conv → BN; the pad stays", PassageCases::padBefore)
            .leaving("pad", "conv2d")
            .and(fold -> Checks.sameArguments(fold, "conv2d")),
        Case.keeps(
            97, "BN → pad with 2 → conv, no padding", net -> padded(net, 2), Reason.SCALE_CONFLICT),
        Case.folds(97, "BN → mirrored pad → conv, no padding", PassageCases::mirrored)
            .and(fold -> fold.leavesNo("batchnorm")),
        Case.folds(97, "BN → pad of channels with 0 → conv, no padding", PassageCases::channels)
            .leaving("sigmoid", "pad", "conv2d"),
        Case.keeps(
            97, "BN → pad of the batch with 0 → conv", PassageCases::batch, Reason.SHIFT_CONFLICT),
        Case.stated(
            97,
            "BN → pad by a negative number → conv",
            Wanted.STAYS,
            "Not expressible in SameDiff: ND4J's pad writes outside its array then."),
        Case.repairs(
            98,
            "BN with γ > 0 → pad with 0 → max pool → conv; the pad stays",
            net -> padPool(net, Gamma.POSITIVE),
            "PAD_VALUE"),
        Case.keeps(
            98,
            "BN → pad with 0 → max pool → conv",
            net -> padPool(net, Gamma.MIXED),
            Reason.SIGN_CONFLICT),
        Case.folds(
                98,
                "conv → BN → pad with 0 → max pool → conv; the pad stays",
                PassageCases::convPadPool)
            .leaving("conv2d", "pad", "maxpool2d", "conv2d"),
        Case.repairs(
            100,
            "BN → pad with 0 → deconv, stride 1; the pad stays",
            net -> padDeconv(net, 1),
            "PAD_VALUE",
            "BORDER_MAP"),
        Case.repairs(
            100,
            "BN → pad with 0 → deconv, stride 2; the pad stays",
            net -> padDeconv(net, 2),
            "PAD_VALUE",
            "BORDER_MAP"),
        Case.folds(
                103,
                "BN with γ > 0 → max pool → conv, no padding",
                net -> pooled(net, Gamma.POSITIVE))
            .leaving("sigmoid", "maxpool2d", "conv2d"),
        Case.keeps(
            104,
            "BN with some γ < 0 → max pool → conv, no padding",
            net -> pooled(net, Gamma.MIXED),
            Reason.SIGN_CONFLICT),
        Case.folds(
                105,
                "BN → average pool → conv, no padding",
                net -> active(net).batchNorm().avgPool(2, 2, 0).conv(4, 3, Padding.VALID))
            .leaving("sigmoid", "avgpool2d", "conv2d"),
        Case.folds(
                107,
                "BN → global average pool → dense",
                net -> active(net).batchNorm().globalPool().dense(4))
            .leaving("sigmoid", "reduce_mean", "xw_plus_b"),
        Case.folds(108, "BN → upsampling → conv, no padding", PassageCases::upsampled)
            .leaving("sigmoid", "upsampling2d", "conv2d"),
        Case.folds(108, "BN → nearest resize → conv, no padding", PassageCases::nearest)
            .in(Format.NHWC)
            .leaving("sigmoid", "resize_nearest_neighbor", "conv2d"),
        Case.folds(108, "BN → bilinear resize → conv, no padding", PassageCases::bilinear)
            .in(Format.NHWC)
            .leaving("sigmoid", "resize_bilinear", "conv2d"));
  }

  private static void padded(Net net, double value) {
    active(net)
        .batchNorm()
        .apply(v -> pad(net, v, PadMode.CONSTANT, value))
        .conv(4, 3, Padding.VALID);
  }

  private static void padBefore(Net net) {
    image(net).apply(v -> pad(net, v, PadMode.CONSTANT, 0)).conv(4, 3, Padding.VALID).batchNorm();
  }

  private static void mirrored(Net net) {
    active(net).batchNorm().apply(v -> pad(net, v, PadMode.REFLECT, 0)).conv(4, 3, Padding.VALID);
  }

  private static void channels(Net net) {
    int[][] widths = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
    widths[Parts.axis(net)] = new int[] {1, 2};
    active(net)
        .batchNorm()
        .apply(6, v -> pad(net, v, PadMode.CONSTANT, 0, widths))
        .conv(4, 3, Padding.VALID);
  }

  private static void batch(Net net) {
    int[][] widths = {{0, 1}, {0, 0}, {0, 0}, {0, 0}};
    active(net)
        .batchNorm()
        .apply(v -> pad(net, v, PadMode.CONSTANT, 0, widths))
        .conv(4, 3, Padding.VALID);
  }

  private static void padPool(Net net, Gamma gamma) {
    active(net)
        .batchNorm(gamma)
        .apply(v -> pad(net, v, PadMode.CONSTANT, 0))
        .maxPool(3, 2, 0)
        .conv(4, 3, Padding.VALID);
  }

  private static void convPadPool(Net net) {
    conv(net)
        .batchNorm()
        .apply(v -> pad(net, v, PadMode.CONSTANT, 0))
        .maxPool(3, 2, 0)
        .conv(4, 3, Padding.SAME);
  }

  private static void padDeconv(Net net, int stride) {
    active(net).batchNorm().apply(v -> pad(net, v, PadMode.CONSTANT, 0)).deconv(4, 3, stride);
  }

  private static void pooled(Net net, Gamma gamma) {
    active(net).batchNorm(gamma).maxPool(2, 2, 0).conv(4, 3, Padding.VALID);
  }

  private static void upsampled(Net net) {
    boolean first = !net.channelsLast();
    net.image(3, 5, 4)
        .sigmoid()
        .batchNorm()
        .apply(v -> net.graph().cnn().upsampling2d("up", v, 2, 3, first))
        .conv(4, 3, Padding.VALID);
  }

  private static void nearest(Net net) {
    SDVariable size = net.graph().constant("size", Nd4j.createFromArray(10, 8));
    Node x = net.image(3, 5, 4).sigmoid().batchNorm();
    x.apply(v -> new NearestResize(net, v, size).outputVariable()).conv(4, 3, Padding.VALID);
  }

  /** SameDiff has no method for this operator, importers add it. */
  private static final class NearestResize extends DynamicCustomOp {
    NearestResize(Net net, SDVariable v, SDVariable size) {
      super(null, net.graph(), new SDVariable[] {v, size});
    }

    @Override
    public String opName() {
      return "resize_nearest_neighbor";
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> types) {
      return List.of(types.get(0));
    }
  }

  private static void bilinear(Net net) {
    net.image(3, 5, 4)
        .sigmoid()
        .batchNorm()
        .apply(v -> net.graph().image().resizeBiLinear("up", v, 9, 7, false, false))
        .conv(4, 3, Padding.VALID);
  }
}
