package io.github.dl4jbnfold.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.random.impl.DropOut;
import org.nd4j.linalg.api.ops.random.impl.DropOutInverted;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** Every type of SameDiff operator that the reader knows, in each form that it tells apart. */
final class SameDiffSamples {
  /** Kernel, stride, padding, dilation, mode, format in two and in three dimensions. */
  private static final long[] PLANE = {2, 2, 1, 1, 0, 0, 1, 1, 0, 0};

  private static final long[] SPACE = {2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0};

  private static final double[] REALS = {};

  /** The constants of the sums below: per channel, and per position. */
  private static final long[] CHANNEL = {4, 1, 1};

  private static final long[] FIELD = {1, 4, 6, 6};

  private final List<Sample> all = new ArrayList<>();

  private SameDiffSamples() {}

  /**
   * An operator in a graph.
   *
   * @param form what tells it from other forms of the same type; may be empty
   */
  record Sample(String type, String form, BiConsumer<SampleGraph, String> build) {
    SampleGraph graph() {
      SampleGraph graph = new SampleGraph();
      build.accept(graph, type);
      return graph;
    }

    @Override
    public String toString() {
      return form.isEmpty() ? type : type + " (" + form + ")";
    }
  }

  static List<Sample> all() {
    SameDiffSamples samples = new SameDiffSamples();
    samples.linear();
    samples.recurrent();
    samples.tables();
    samples.norms();
    samples.arithmetic();
    samples.activations();
    samples.pools();
    samples.shapes();
    samples.slices();
    samples.paddings();
    return List.copyOf(samples.all);
  }

  /** Types that are built alike, with blanks between. */
  private void add(String types, String form, BiConsumer<SampleGraph, String> build) {
    for (String type : types.split(" ")) {
      all.add(new Sample(type, form, build));
    }
  }

  private void linear() {
    add(
        "conv1d",
        "",
        (g, t) -> g.op(t, ints(2, 1, 0, 1, 0, 0), g.input(2, 4, 8), g.constant(2, 4, 5)));
    add("conv2d", "", (g, t) -> g.op(t, PLANE, g.input(2, 4, 6, 6), g.constant(2, 2, 4, 5)));
    add(
        "conv3dnew",
        "",
        (g, t) -> g.op(t, SPACE, g.input(2, 4, 5, 5, 5), g.constant(2, 2, 2, 4, 5)));
    add(
        "depthwise_conv2d",
        "",
        (g, t) -> g.op(t, PLANE, g.input(2, 4, 6, 6), g.constant(2, 2, 4, 2)));
    add(
        "sconv2d",
        "",
        (g, t) ->
            g.op(t, PLANE, g.input(2, 4, 6, 6), g.constant(2, 2, 4, 2), g.constant(1, 1, 8, 5)));
    add("deconv2d", "", (g, t) -> g.op(t, PLANE, g.input(2, 4, 6, 6), g.constant(2, 2, 5, 4)));
    add(
        "deconv3d",
        "",
        (g, t) -> g.op(t, SPACE, g.input(2, 4, 5, 5, 5), g.constant(2, 2, 2, 5, 4)));
    add(
        "matmul",
        "a constant matrix",
        (g, t) -> g.op(t, ints(0, 0, 0), g.input(2, 4), g.constant(4, 5)));
    add("xw_plus_b", "", (g, t) -> g.op(t, g.input(2, 4), g.constant(4, 5), g.constant(5)));
    add(
        "add biasadd",
        "the bias of a linear operator that takes none",
        (g, t) ->
            g.op(t, g.op("matmul", ints(0, 0, 0), g.input(2, 4), g.constant(4, 5)), g.constant(5)));
  }

  private void recurrent() {
    add("lstmLayer", "input matrix", RecurrentSamples::lstmLayer);
    add("lstmBlock", "input matrix", RecurrentSamples::lstmBlock);
    add("lstmBlockCell", "input matrix", RecurrentSamples::lstmBlockCell);
    add("lstmCell", "input matrix", RecurrentSamples::lstmCell);
    add("gru", "input matrix", RecurrentSamples::gru);
    add("gruCell", "input matrix", RecurrentSamples::gruCell);
  }

  private void tables() {
    add(
        "gather",
        "a constant table",
        (g, t) -> g.op(t, ints(0), g.constant(9, 6), g.indices(2, 7)));
    add(
        "embedding_lookup",
        "a constant table",
        (g, t) -> g.op(t, ints(0), g.constant(9, 6), g.indices(7)));
  }

  private void norms() {
    add(
        "batchnorm",
        "",
        (g, t) ->
            g.ops(
                t,
                1,
                ints(1, 1, 1),
                new double[] {1e-3},
                g.image(),
                g.constant(4),
                variance(g),
                g.constant(4),
                g.constant(4)));
    add(
        "fused_batch_norm",
        "at inference",
        (g, t) ->
            g.ops(
                t,
                3,
                ints(1, 0),
                new double[] {1e-3},
                g.image(),
                g.constant(4),
                g.constant(4),
                g.constant(4),
                variance(g)));
  }

  private static SDVariable variance(SampleGraph g) {
    return g.sameDiff().constant(Nd4j.createFromArray(0.5f, 0.7f, 1.1f, 1.3f));
  }

  private void arithmetic() {
    String channel = "a channel constant";
    add("multiply divide realdiv", channel, (g, t) -> g.op(t, g.image(), g.constant(CHANNEL)));
    add("mul_scalar div_scalar neg", "", SameDiffSamples::scalar);
    add("add subtract", channel, (g, t) -> g.op(t, g.image(), g.constant(CHANNEL)));
    add("reversesubtract", channel, (g, t) -> g.op(t, g.constant(CHANNEL), g.image()));
    add("biasadd", channel, (g, t) -> g.op(t, g.imageChannelsLast(), g.constant(4)));
    add("add_scalar sub_scalar", "", SameDiffSamples::scalar);
    String run = "products and sums with channel constants in a run";
    add(
        "multiply divide realdiv",
        run,
        (g, t) -> g.op("add", g.op(t, g.image(), g.constant(CHANNEL)), g.constant(CHANNEL)));
    add(
        "add subtract",
        run,
        (g, t) -> g.op("multiply", g.op(t, g.image(), g.constant(CHANNEL)), g.constant(CHANNEL)));
    add(
        "reversesubtract",
        run,
        (g, t) -> g.op("multiply", g.op(t, g.constant(CHANNEL), g.image()), g.constant(CHANNEL)));
    add(
        "biasadd",
        run,
        (g, t) -> g.op("multiply", g.op(t, g.imageChannelsLast(), g.constant(4)), g.constant(4)));
    add("mul_scalar div_scalar neg", run, (g, t) -> g.op("add", scalar(g, t), g.constant(CHANNEL)));
    add(
        "add_scalar sub_scalar",
        run,
        (g, t) -> g.op("multiply", scalar(g, t), g.constant(CHANNEL)));
    String field = "a constant that differs between positions";
    add("add subtract reversesubtract", field, (g, t) -> g.op(t, g.image(), g.constant(FIELD)));
    // These two do not broadcast.
    add("mergeadd mergesum", field, (g, t) -> g.op(t, g.image(), g.constant(2, 4, 6, 6)));
    add("subtract", "constant − x", (g, t) -> g.op(t, g.constant(CHANNEL), g.image()));
    add("reversesubtract", "constant − x", (g, t) -> g.op(t, g.image(), g.constant(CHANNEL)));
    add(
        "add subtract reversesubtract mergeadd mergesum mergeavg",
        "tensors",
        (g, t) -> g.op(t, g.image(), g.image()));
    add("multiply", "two tensors", (g, t) -> g.op(t, g.image(), g.image()));
    add("concat", "channel axis", (g, t) -> g.op(t, ints(1), g.image(), g.image()));
    add("concat", "another axis", (g, t) -> g.op(t, ints(2), g.image(), g.image()));
  }

  private static SDVariable scalar(SampleGraph g, String type) {
    SDVariable x = g.image();
    return switch (type) {
      case "add_scalar" -> x.add(0.7);
      case "sub_scalar" -> x.sub(0.7);
      case "mul_scalar" -> x.mul(0.7);
      case "div_scalar" -> x.div(0.7);
      default -> x.neg();
    };
  }

  private void activations() {
    add("relu", "", (g, t) -> g.sameDiff().nn().relu(g.image(), 0));
    add("leakyrelu", "", (g, t) -> g.sameDiff().nn().leakyRelu(g.image(), 0.2));
    add(
        "prelu",
        "constant slopes",
        (g, t) -> g.sameDiff().nn().prelu(g.image(), g.constant(CHANNEL), 2, 3));
    add("relu6", "", (g, t) -> g.sameDiff().nn().relu6(g.image(), 0));
    add(
        "clipbyvalue ClipByValue",
        "",
        (g, t) -> g.ops(t, 1, ints(), new double[] {-0.4, 0.9}, g.image()));
    add("maximum minimum", "a channel constant", (g, t) -> g.op(t, g.image(), g.constant(CHANNEL)));
    add("identity", "", (g, t) -> g.sameDiff().identity(g.image()));
    String keeps = "drops nothing";
    add("dropout", keeps, (g, t) -> new DropOut(g.sameDiff(), g.image(), 1).outputVariable());
    add("dropout_inverted", keeps, (g, t) -> new ShapedDropOut(g).outputVariable());
  }

  /** ND4J's own class knows the shape of its output in no session, so that it runs in none. */
  private static final class ShapedDropOut extends DropOutInverted {
    ShapedDropOut(SampleGraph graph) {
      super(graph.sameDiff(), graph.image(), 1);
    }

    @Override
    public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
      return List.of(
          LongShapeDescriptor.fromShape(context.getInputArray(0).shape(), DataType.FLOAT));
    }
  }

  private void pools() {
    long[] plane = {2, 2, 1, 1, 0, 0, 1, 1, 0, 1, 0};
    long[] space = {2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0};
    long[] paddedPlane = {2, 2, 1, 1, 1, 1, 1, 1, 0, 1, 0};
    long[] paddedSpace = {2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0};
    add("maxpool2d", "", (g, t) -> g.op(t, plane, g.image()));
    add("maxpool3dnew", "", (g, t) -> g.op(t, space, g.cube()));
    add("reduce_max", "over positions", (g, t) -> g.sameDiff().max(g.image(), 2, 3));
    add("avgpool2d", "counts no zeros", (g, t) -> g.op(t, plane, g.image()));
    add("avgpool3dnew", "counts no zeros", (g, t) -> g.op(t, space, g.cube()));
    add("reduce_mean", "over positions", (g, t) -> g.sameDiff().mean(g.image(), 2, 3));
    add("avgpool2d", "counts the zeros it reads", (g, t) -> g.op(t, paddedPlane, g.image()));
    add("avgpool3dnew", "counts the zeros it reads", (g, t) -> g.op(t, paddedSpace, g.cube()));
  }

  private void shapes() {
    add("reshape", "", (g, t) -> g.op(t, ints(-99, 2, 4, 36), g.image()));
    add("flatten", "", (g, t) -> g.op(t, ints('c'), g.image()));
    add("flatten_2d", "", (g, t) -> g.op(t, ints(1), g.image()));
    add("expand_dims", "", (g, t) -> g.op(t, ints(1), g.image()));
    add("squeeze", "", (g, t) -> g.op(t, ints(1), g.op("expand_dims", ints(1), g.image())));
    String before = "before an operator with finer channels";
    add("reshape", before, (g, t) -> dense(g, g.op(t, ints(-99, 2, 144), g.image())));
    add("flatten_2d", before, (g, t) -> dense(g, g.op(t, ints(1), g.image())));
    add("permute", "channels stay whole", (g, t) -> g.op(t, ints(0, 2, 3, 1), g.image()));
    add("transpose", "channels stay whole", (g, t) -> g.op(t, ints(0, 2, 3, 1), g.image()));
    String shuffle = "channel shuffle";
    add("permute transpose", shuffle, (g, t) -> shuffle(g, t));
    add("space_to_depth depth_to_space", "", (g, t) -> g.op(t, ints(2, 0), g.image()));
    add("upsampling2d", "", (g, t) -> g.op(t, ints(2, 2, 0), g.imageChannelsLast()));
    add("upsampling3d", "", (g, t) -> g.op(t, ints(2, 2, 2, 1), g.cube()));
    add(
        "resize_bilinear resize_nearest_neighbor",
        "",
        (g, t) -> g.op(t, g.imageChannelsLast(), g.numbers(9, 7)));
  }

  private static SDVariable dense(SampleGraph g, SDVariable x) {
    return g.op("xw_plus_b", x, g.constant(144, 5), g.constant(5));
  }

  private static void shuffle(SampleGraph g, String type) {
    SDVariable groups = g.op("reshape", ints(-99, 2, 2, 2, 6, 6), g.image());
    g.op(type, ints(0, 2, 1, 3, 4), groups);
  }

  private void slices() {
    String channels = "channel axis";
    String positions = "another axis";
    add("split", channels, (g, t) -> g.ops(t, 2, ints(2, 1), REALS, g.image()));
    add("split_v", channels, (g, t) -> g.ops(t, 2, ints(1, 2), REALS, g.image(), g.numbers(1, 3)));
    add("slice", channels, (g, t) -> g.op(t, ints(0, 1, 0, 0, 2, 2, 6, 6), g.image()));
    add("strided_slice", channels, (g, t) -> g.op(t, strided(1, 0), g.image()));
    add("split", positions, (g, t) -> g.ops(t, 2, ints(2, 2), REALS, g.image()));
    add("split_v", positions, (g, t) -> g.ops(t, 2, ints(2, 2), REALS, g.image(), g.numbers(2, 4)));
    add("slice", positions, (g, t) -> g.op(t, ints(0, 0, 1, 0, 2, 4, 2, 6), g.image()));
    add("strided_slice", positions, (g, t) -> g.op(t, strided(0, 1), g.image()));
  }

  /** Masks, begin, end, strides: two channels or two rows are left of four channels, six rows. */
  private static long[] strided(long channel, long row) {
    return ints(
        0,
        0,
        0,
        0,
        0,
        0,
        channel,
        row,
        0,
        2,
        channel == 0 ? 4 : 3,
        row == 0 ? 6 : 3,
        6,
        1,
        1,
        1,
        1);
  }

  private void paddings() {
    int[] no = {0, 0};
    int[] one = {1, 1};
    add(
        "pad",
        "of positions with 0",
        (g, t) -> g.op(t, ints(0), g.image(), g.pairs(no, no, one, one)));
    add(
        "pad",
        "of channels with 0",
        (g, t) -> g.op(t, ints(0), g.image(), g.pairs(no, one, no, no)));
    add("pad", "mirrored", (g, t) -> g.op(t, ints(1), g.image(), g.pairs(no, no, one, one)));
    add("mirror_pad", "", (g, t) -> g.op(t, ints(0), g.image(), g.pairs(no, no, one, one)));
    int[] two = {2, 2};
    add(
        "space_to_batch",
        "without padding",
        (g, t) -> g.op(t, ints(2), g.imageChannelsLast(), g.pairs(no, no)));
    add(
        "space_to_batch_nd",
        "without padding",
        (g, t) -> g.op(t, g.imageChannelsLast(), g.numbers(2, 2), g.pairs(no, no)));
    add(
        "space_to_batch",
        "with padding",
        (g, t) -> g.op(t, ints(2), g.imageChannelsLast(), g.pairs(two, two)));
    add(
        "space_to_batch_nd",
        "with padding",
        (g, t) -> g.op(t, g.imageChannelsLast(), g.numbers(2, 2), g.pairs(two, two)));
    add("batch_to_space", "", (g, t) -> g.op(t, ints(2), g.imageChannelsLast(4), g.pairs(no, no)));
    add(
        "batch_to_space_nd",
        "",
        (g, t) -> g.op(t, g.imageChannelsLast(4), g.numbers(2, 2), g.pairs(no, no)));
  }

  private static long[] ints(long... integers) {
    return integers;
  }
}
