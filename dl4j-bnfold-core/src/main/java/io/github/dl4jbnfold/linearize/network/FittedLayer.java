package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer of a network whose parameters are fitted.
 *
 * @param name of the layer
 * @param convolution that it computes, at first
 * @param channelAxis of what it reads and writes; 1 for vectors
 * @param isDense whether it is a matrix
 * @param parameters of the layer: views
 */
record FittedLayer(
    String name,
    Convolution convolution,
    int channelAxis,
    boolean isDense,
    Map<String, INDArray> parameters) {
  private static final String WEIGHTS = "W";
  private static final String BIAS = "b";

  /**
   * A layer that is one convolution or one matrix, with a bias.
   *
   * @param unit the layer as it is read
   * @param channelAxis of what it writes
   * @return empty for other layers
   */
  static Optional<FittedLayer> of(
      Unit unit, Layer layer, int channelAxis, Map<String, INDArray> parameters) {
    if (!parameters.keySet().equals(Set.of(WEIGHTS, BIAS))) {
      return Optional.empty();
    } else if (layer instanceof DenseLayer) {
      INDArray matrix = weights(parameters).castTo(DataType.DOUBLE).transpose().dup('c');
      double[] bias = Objects.requireNonNull(parameters.get(BIAS)).dup('c').data().asDouble();
      Convolution dense = Convolution.dense(matrix, bias);
      return Optional.of(new FittedLayer(unit.name(), dense, 1, true, parameters));
    } else if (layer instanceof ConvolutionLayer) {
      Convolution convolution = unit.numbers().get();
      if (layer instanceof DepthwiseConvolution2D && convolution.groups() == 1) {
        return Optional.empty(); // Its weights lie otherwise than those of a convolution.
      }
      return Optional.of(new FittedLayer(unit.name(), convolution, channelAxis, false, parameters));
    }
    return Optional.empty();
  }

  /** How many numbers an output is computed of. */
  int columns() {
    return Math.toIntExact(convolution.weights().length() / convolution.outputs());
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
