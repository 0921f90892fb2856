package io.github.dl4jbnfold.layers;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Holds the parameter of a {@link ParameterLayer}: views into the arrays of the network. */
abstract class ParameterHolder<C extends ParameterLayer> extends PlainLayer<C> {
  private static final long serialVersionUID = 1;

  private @Nullable INDArray parameters;
  private @Nullable INDArray gradients;
  private Map<String, INDArray> table = Map.of();

  ParameterHolder(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  /** Whether there is a place for a gradient: a network that only runs has none. */
  final boolean takesGradient() {
    return gradients != null;
  }

  /** A gradient whose elements are all the same, where the updater will look for it. */
  final Gradient gradient(double value) {
    Gradient gradient = new DefaultGradient();
    if (gradients != null) {
      gradients.assign(value); // What a step before has left there is not 0.
      gradient.setGradientFor(
          layerConf().key(), gradients.reshape('c', layerConf().parameterShape()));
    }
    return gradient;
  }

  @Override
  public double calcRegularizationScore(boolean backpropOnly) {
    List<Regularization> all = layerConf().getRegularizationByParam(layerConf().key());
    double score = 0;
    for (Regularization one : all == null ? List.<Regularization>of() : all) {
      score += one.score(getParam(layerConf().key()), getIterationCount(), getEpochCount());
    }
    return score;
  }

  @Override
  public @Nullable INDArray params() {
    return parameters;
  }

  @Override
  public long numParams() {
    return layerConf().elements();
  }

  @Override
  public INDArray getParam(String key) {
    return Objects.requireNonNull(table.get(key), () -> "There is no parameter '" + key + "'.");
  }

  @Override
  public void setParam(String key, INDArray value) {
    getParam(key).assign(value);
  }

  @Override
  public void setParams(INDArray values) {
    INDArray view = Objects.requireNonNull(parameters);
    if (values != view) {
      view.assign(values.reshape(view.shape()));
    }
  }

  @Override
  protected void setParams(INDArray values, char order) {
    setParams(values);
  }

  @Override
  public void setParamsViewArray(INDArray view) {
    if (view.length() != layerConf().elements()) {
      throw new IllegalArgumentException(
          "The parameter '%s' has %d elements, not %d."
              .formatted(layerConf().key(), layerConf().elements(), view.length()));
    }
    parameters = view;
  }

  @Override
  public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
    return table;
  }

  @Override
  public void setParamTable(Map<String, INDArray> values) {
    table = values;
  }

  @Override
  public @Nullable INDArray getGradientsViewArray() {
    return gradients;
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray view) {
    gradients = view;
  }
}
