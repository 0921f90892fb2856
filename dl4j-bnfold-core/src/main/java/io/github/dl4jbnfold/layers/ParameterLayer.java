package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A configuration with one parameter. */
abstract class ParameterLayer extends OwnLayer {
  private static final long serialVersionUID = 1;

  /** The key of the parameter. */
  abstract String key();

  /** The shape of the parameter, which lies in c order. */
  abstract long[] parameterShape();

  /** What all elements of a new parameter are. */
  abstract double initialValue();

  /** What computes the layer. */
  abstract ParameterHolder<?> computation(NeuralNetConfiguration configuration, DataType type);

  final long elements() {
    return Arrays.stream(parameterShape()).reduce(1, (x, y) -> x * y);
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    ParameterHolder<?> layer = computation(configuration, type);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    return layer.started(listeners, index);
  }

  @Override
  public ParamInitializer initializer() {
    return ParameterInitializer.INSTANCE;
  }
}
