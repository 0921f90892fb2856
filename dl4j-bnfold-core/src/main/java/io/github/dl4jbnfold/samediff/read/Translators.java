package io.github.dl4jbnfold.samediff.read;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The catalogue: which translator knows which type of SameDiff operator. */
final class Translators {
  private static final Map<String, Translator> BY_TYPE = catalogue();

  private Translators() {}

  /** The translator of an operator type; null for an operator that is a wall. */
  static @Nullable Translator of(String type) {
    return BY_TYPE.get(type);
  }

  /** Whether operators of a type are batch normalizations. */
  static boolean isBatchNorm(String type) {
    Translator translator = of(type);
    return translator instanceof BatchNormTranslator
        || translator instanceof FusedBatchNormTranslator;
  }

  private static Map<String, Translator> catalogue() {
    Map<String, Translator> all = new HashMap<>();
    put(
        all,
        new ConvolutionTranslator(),
        List.of(
            "conv1d",
            "conv2d",
            "conv3dnew",
            "depthwise_conv2d",
            "sconv2d",
            "deconv2d",
            "deconv3d"));
    put(all, new MatrixProductTranslator(), List.of("matmul", "xw_plus_b"));
    put(
        all,
        new RecurrentTranslator(),
        List.of("lstmLayer", "lstmBlock", "lstmBlockCell", "lstmCell", "gru", "gruCell"));
    put(all, new TableTranslator(), List.of("gather", "embedding_lookup"));
    put(all, new BatchNormTranslator(), List.of("batchnorm"));
    put(all, new FusedBatchNormTranslator(), List.of("fused_batch_norm"));
    put(
        all,
        new ArithmeticTranslator(),
        List.of(
            "add",
            "subtract",
            "multiply",
            "divide",
            "realdiv",
            "reversesubtract",
            "biasadd",
            "mergeadd",
            "mergesum",
            "mergeavg"));
    put(
        all,
        new ScalarArithmeticTranslator(),
        List.of("add_scalar", "sub_scalar", "mul_scalar", "div_scalar", "neg"));
    put(
        all,
        new ElementwiseTranslator(),
        List.of(
            "relu",
            "leakyrelu",
            "prelu",
            "relu6",
            "ClipByValue",
            "clipbyvalue",
            "identity",
            "dropout",
            "dropout_inverted"));
    put(all, new BoundTranslator(), List.of("maximum", "minimum"));
    put(
        all,
        new PoolingTranslator(),
        List.of("maxpool2d", "avgpool2d", "maxpool3dnew", "avgpool3dnew"));
    put(all, new ReductionTranslator(), List.of("reduce_mean", "reduce_max"));
    put(
        all,
        new ReshapeTranslator(),
        List.of("reshape", "flatten", "flatten_2d", "squeeze", "expand_dims"));
    put(all, new PermuteTranslator(), List.of("permute", "transpose"));
    put(all, new ConcatTranslator(), List.of("concat"));
    put(all, new SliceTranslator(), List.of("split", "split_v", "slice", "strided_slice"));
    put(all, new PaddingTranslator(), List.of("pad", "mirror_pad"));
    put(
        all,
        new ResizeTranslator(),
        List.of("upsampling2d", "upsampling3d", "resize_bilinear", "resize_nearest_neighbor"));
    put(
        all,
        new BlockTranslator(),
        List.of(
            "space_to_depth",
            "depth_to_space",
            "space_to_batch",
            "space_to_batch_nd",
            "batch_to_space",
            "batch_to_space_nd"));
    return Map.copyOf(all);
  }

  private static void put(Map<String, Translator> all, Translator translator, List<String> types) {
    types.forEach(type -> all.put(type, translator));
  }
}
