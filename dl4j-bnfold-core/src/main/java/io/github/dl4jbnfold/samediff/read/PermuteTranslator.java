package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * permute and transpose. The axes that make up the channel index must stay next to each other; if
 * their order changes, the channels are shuffled (channel shuffle is reshape, permute, reshape).
 */
final class PermuteTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    Layout layout = reading.layout(op.input(0));
    if (in == null || out == null || layout == null) {
      return false;
    }
    int[] axes = layout.axesIn(in);
    int[] permutation = permutation(op, in.length, reading);
    if (axes == null || permutation == null) {
      return false;
    }
    int first = -1;
    int[] order = new int[axes.length];
    int found = 0;
    for (int i = 0; i < permutation.length; i++) {
      boolean channelAxis = permutation[i] >= axes[0] && permutation[i] <= axes[axes.length - 1];
      if (channelAxis && found > 0 && i != first + found) {
        return false;
      }
      if (channelAxis) {
        first = found == 0 ? i : first;
        order[found++] = permutation[i] - axes[0];
      }
    }
    long inner = Layout.ofAxis(out, first + axes.length - 1).inner();
    Tensor x = reading.input(op.input(0), layout);
    Tensor y = reading.output(op.output(), new Layout(inner, layout.channels()));
    long[] sizes = Arrays.stream(axes).mapToLong(axis -> in[axis]).toArray();
    reading.add(operator(op, x, y, source(sizes, order)));
    return true;
  }

  private static Operator operator(Op op, Tensor x, Tensor y, int[] source) {
    boolean unchanged = true;
    for (int i = 0; i < source.length; i++) {
      unchanged &= source[i] == i;
    }
    return unchanged
        ? new Carrier(op.label(), op.type(), x, y)
        : new ChannelMap(
            op.label(), "channel shuffle", x, y, ChannelMap.Direction.OUTPUT_TO_INPUT, source);
  }

  /** For each channel in the permuted order its index in the row-major order of the sizes. */
  private static int[] source(long[] sizes, int[] order) {
    int channels = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= (int) sizes[i];
    }
    int[] source = new int[channels];
    for (int c = 0; c < channels; c++) {
      int rest = c;
      for (int i = order.length - 1; i >= 0; i--) {
        int size = (int) sizes[order[i]];
        source[c] += rest % size * strides[order[i]];
        rest /= size;
      }
    }
    return source;
  }

  private static int @Nullable [] permutation(Op op, int rank, Reading reading) {
    INDArray given = op.inputs().size() > 1 ? reading.constants().array(op.input(1)) : null;
    if (op.inputs().size() > 1 && given == null) {
      return null;
    }
    long[] axes = given != null ? given.ravel().toLongVector() : op.integers();
    int[] permutation = new int[rank];
    if (axes.length == 0) {
      Arrays.setAll(permutation, i -> rank - 1 - i);
      return permutation;
    }
    if (axes.length != rank) {
      return null;
    }
    Arrays.setAll(permutation, i -> (int) (axes[i] < 0 ? axes[i] + rank : axes[i]));
    return permutation;
  }
}
