package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.Merger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A merged layer of a network and its parameters.
 *
 * @param convolution that it computes of what it reads itself, its input padded already where
 *     layers of their own do that
 * @param channelAxis of what it reads and writes; 1 for vectors
 * @param isDense whether it is a matrix
 * @param parameters of the layer: views
 */
record FittedLayer(
    Convolution convolution, int channelAxis, boolean isDense, Map<String, INDArray> parameters) {
  private static final String WEIGHTS = "W";
  private static final String BIAS = "b";

  /** A layer that {@link MergeWriter} has written. */
  static FittedLayer of(
      Merge merge, int channelAxis, boolean isDense, Map<String, INDArray> parameters) {
    if (isDense) {
      INDArray matrix = weights(parameters).castTo(DataType.DOUBLE).transpose().dup('c');
      double[] bias = Objects.requireNonNull(parameters.get(BIAS)).dup('c').data().asDouble();
      return new FittedLayer(Convolution.dense(matrix, bias), 1, true, parameters);
    }
    Convolution merged = MergedLayer.plain(Merger.merged(merge.piece()));
    boolean padsItself = MergedLayer.layers(merged.form(), channelAxis).size() == 1;
    List<Axis> own =
        merged.axes().stream().map(axis -> padsItself ? axis : axis.padded(0, 0)).toList();
    return new FittedLayer(merged.padded(own), channelAxis, false, parameters);
  }

  private static INDArray weights(Map<String, INDArray> parameters) {
    return Objects.requireNonNull(parameters.get(WEIGHTS));
  }

  /** An array [N, …] of what it reads or writes with its channels at axis 1. */
  INDArray channelsFirst(INDArray array) {
    if (channelAxis == 1) {
      return array;
    }
    int[] order = new int[array.rank()];
    order[1] = channelAxis;
    for (int axis = 1, next = 2; axis < order.length; axis++) {
      if (axis != channelAxis) {
        order[next] = axis;
        next++;
      }
    }
    return array.permute(order);
  }

  /** Gives the layer other numbers. */
  void set(INDArray weights, double... bias) {
    INDArray target = weights(parameters);
    INDArray ordered =
        isDense
            ? weights.transpose().dup('c')
            : MergedLayer.of(
                    new Convolution(weights, bias, convolution.groups(), convolution.axes()),
                    channelAxis)
                .weights();
    target.assign(ordered.reshape('c', target.shape()));
    INDArray shift = Objects.requireNonNull(parameters.get(BIAS));
    shift.assign(Nd4j.createFromArray(bias).reshape(shift.shape()));
  }
}
