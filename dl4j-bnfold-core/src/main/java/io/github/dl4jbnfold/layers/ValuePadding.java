package io.github.dl4jbnfold.layers;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Computes a {@link PadValueLayer}. */
final class ValuePadding extends PlainLayer<PadValueLayer> {
  private static final long serialVersionUID = 1;

  private final INDArray values;
  private final int channelAxis;
  private final int[] padding;

  ValuePadding(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
    PadValueLayer layer = (PadValueLayer) configuration.getLayer();
    values = constant(layer.values(), type);
    channelAxis = layer.channelAxis();
    padding = layer.padding();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    long[] shape = input.shape().clone();
    for (int axis = 1, next = 0; axis < shape.length; axis++) {
      shape[axis] += axis == channelAxis ? 0 : padding[next++] + padding[next++];
    }
    INDArray padded = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, shape, 'c');
    padded.assign(along(values, channelAxis, shape).broadcast(padded.ulike()));
    padded.put(inside(input.shape()), input.castTo(dataType));
    return padded;
  }

  /** Where the input lies in the output. */
  private INDArrayIndex[] inside(long[] shape) {
    INDArrayIndex[] inside = new INDArrayIndex[shape.length];
    for (int axis = 0, next = 0; axis < shape.length; axis++) {
      boolean whole = axis == 0 || axis == channelAxis;
      inside[axis] =
          whole
              ? NDArrayIndex.all()
              : NDArrayIndex.interval(padding[next], padding[next] + shape[axis]);
      next += whole ? 0 : 2;
    }
    return inside;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray gradient = epsilon.get(inside(input.shape()));
    return new Pair<>(
        new DefaultGradient(), workspaces.dup(ArrayType.ACTIVATION_GRAD, gradient, 'c'));
  }

  /** What is padded to a sequence counts as a part of it. */
  @Override
  public @Nullable Pair<INDArray, MaskState> feedForwardMaskArray(
      @Nullable INDArray mask, MaskState state, int examples) {
    if (mask == null || padding.length != 2) {
      return super.feedForwardMaskArray(mask, state, examples);
    }
    INDArray before = Nd4j.ones(mask.dataType(), mask.size(0), padding[0]);
    INDArray after = Nd4j.ones(mask.dataType(), mask.size(0), padding[1]);
    return new Pair<>(Nd4j.concat(1, before, mask, after), state);
  }
}
