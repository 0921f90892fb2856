package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolutions as operators of SameDiff, which pad alike on both sides or as much as it takes
 * (SAME); any other padding is an operator of its own.
 */
final class GraphConvolutions {
  private final SameDiff graph;
  private final int channelAxis;

  GraphConvolutions(SameDiff graph, int channelAxis) {
    this.graph = graph;
    this.channelAxis = channelAxis;
  }

  /**
   * A convolution.
   *
   * @param weights in the format [k…, I, O], [k, k, C, M] for a depthwise one
   * @param sizes of x, one for each spatial axis, where they are known
   */
  SDVariable write(
      SDVariable x, SDVariable weights, @Nullable SDVariable bias, Form form, long... sizes) {
    List<Axis> axes = form.axes();
    boolean even = axes.stream().allMatch(a -> a.before() == a.after() && a.before() >= 0);
    boolean same = !even && isSame(axes, sizes);
    if (even || same) {
      return plain(x, weights, bias, form, same ? PaddingMode.SAME : PaddingMode.VALID);
    }
    List<Axis> bare = axes.stream().map(a -> a.padded(0, 0)).toList();
    Form unpadded = new Form(form.inputs(), form.outputs(), form.groups(), bare);
    return plain(padded(x, axes), weights, bias, unpadded, PaddingMode.VALID);
  }

  private static boolean isSame(List<Axis> axes, long... sizes) {
    for (int i = 0; i < axes.size(); i++) {
      if (sizes.length != axes.size() || !axes.get(i).equals(axes.get(i).paddedToSame(sizes[i]))) {
        return false;
      }
    }
    return true;
  }

  /** x with zeros around it, and without what negative padding cuts off. */
  SDVariable padded(SDVariable x, List<Axis> axes) {
    int rank = axes.size() + 2;
    int[][] widths = new int[rank][2];
    long[] begin = new long[rank];
    long[] end = new long[rank];
    long[] steps = new long[rank];
    Arrays.fill(steps, 1);
    int beginMask = 1 | 1 << channelAxis;
    int endMask = beginMask;
    boolean cuts = false;
    boolean pads = false;
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      int at = channelAxis == 1 ? 2 + i : 1 + i;
      begin[at] = Math.max(0, -axis.before());
      end[at] = Math.min(0, axis.after()); // Counted from the end.
      endMask |= axis.after() < 0 ? 0 : 1 << at;
      widths[at] = new int[] {Math.max(0, axis.before()), Math.max(0, axis.after())};
      cuts |= axis.before() < 0 || axis.after() < 0;
      pads |= axis.before() > 0 || axis.after() > 0;
    }
    SDVariable cut =
        cuts ? graph.stridedSlice(x, begin, end, steps, beginMask, endMask, 0, 0, 0) : x;
    return pads
        ? graph.nn.pad(cut, graph.constant(Nd4j.createFromArray(widths)), PadMode.CONSTANT, 0)
        : cut;
  }

  private SDVariable plain(
      SDVariable x, SDVariable weights, @Nullable SDVariable bias, Form form, PaddingMode mode) {
    return switch (form.axes().size()) {
      case 1 -> sequence(x, weights, bias, form.axes().get(0), mode);
      case 2 -> image(x, weights, bias, form, mode);
      default -> volume(x, weights, bias, form.axes(), mode);
    };
  }

  private SDVariable sequence(
      SDVariable x, SDVariable weights, @Nullable SDVariable bias, Axis a, PaddingMode mode) {
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(a.kernel())
            .s(a.stride())
            .p(mode == PaddingMode.SAME ? 0 : a.before())
            .d(a.dilation())
            .paddingMode(mode)
            .dataFormat(channelAxis == 1 ? Conv1DConfig.NCW : Conv1DConfig.NWC)
            .build();
    return bias == null
        ? graph.cnn.conv1d(x, weights, config)
        : graph.cnn.conv1d(x, weights, bias, config);
  }

  private SDVariable image(
      SDVariable x, SDVariable weights, @Nullable SDVariable bias, Form form, PaddingMode mode) {
    Axis h = form.axes().get(0);
    Axis w = form.axes().get(1);
    boolean same = mode == PaddingMode.SAME;
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(h.kernel())
            .kW(w.kernel())
            .sH(h.stride())
            .sW(w.stride())
            .pH(same ? 0 : h.before())
            .pW(same ? 0 : w.before())
            .dH(h.dilation())
            .dW(w.dilation())
            .paddingMode(mode)
            .dataFormat(channelAxis == 1 ? Conv2DConfig.NCHW : Conv2DConfig.NHWC)
            .weightsFormat(WeightsFormat.YXIO)
            .build();
    if (form.isDepthwise()) {
      return bias == null
          ? graph.cnn.depthWiseConv2d(x, weights, config)
          : graph.cnn.depthWiseConv2d(x, weights, bias, config);
    }
    return bias == null
        ? graph.cnn.conv2d(x, weights, config)
        : graph.cnn.conv2d(x, weights, bias, config);
  }

  private SDVariable volume(
      SDVariable x,
      SDVariable weights,
      @Nullable SDVariable bias,
      List<Axis> axes,
      PaddingMode mode) {
    boolean same = mode == PaddingMode.SAME;
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(axes.get(0).kernel())
            .kH(axes.get(1).kernel())
            .kW(axes.get(2).kernel())
            .sD(axes.get(0).stride())
            .sH(axes.get(1).stride())
            .sW(axes.get(2).stride())
            .pD(same ? 0 : axes.get(0).before())
            .pH(same ? 0 : axes.get(1).before())
            .pW(same ? 0 : axes.get(2).before())
            .dD(axes.get(0).dilation())
            .dH(axes.get(1).dilation())
            .dW(axes.get(2).dilation())
            .paddingMode(mode)
            .biasUsed(bias != null)
            .dataFormat(channelAxis == 1 ? Conv3DConfig.NCDHW : Conv3DConfig.NDHWC)
            .build();
    return bias == null
        ? graph.cnn.conv3d(x, weights, config)
        : graph.cnn.conv3d(x, weights, bias, config);
  }
}
