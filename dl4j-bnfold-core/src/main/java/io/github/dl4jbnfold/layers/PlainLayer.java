package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A layer that learns nothing. It leaves its input as it is. */
abstract class PlainLayer<C extends Layer> extends AbstractLayer<C> {
  private static final long serialVersionUID = 1;

  PlainLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  PlainLayer<C> started(@Nullable Collection<TrainingListener> listeners, int at) {
    setListeners(listeners);
    setIndex(at);
    return this;
  }

  /** A constant that outlives the workspaces of a run. */
  @SuppressWarnings("try") // The scope is all that is wanted of it.
  static INDArray constant(double[] values, DataType type) {
    try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      return Nd4j.createFromArray(values).castTo(type);
    }
  }

  /**
   * A vector in the shape in which it runs along one axis of an array.
   *
   * @throws IllegalArgumentException if that axis has another size
   */
  static INDArray along(INDArray vector, int axis, long... whole) {
    if (axis >= whole.length || whole[axis] != vector.length()) {
      throw new IllegalArgumentException(
          "Axis %d of an array of shape %s has not %d channels."
              .formatted(axis, Arrays.toString(whole), vector.length()));
    }
    long[] shape = new long[whole.length];
    Arrays.fill(shape, 1);
    shape[axis] = vector.length();
    return vector.reshape(shape);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // There is no noise.
  }
}
