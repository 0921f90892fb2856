package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.factory.Nd4j;

/** Computes a {@link MapLayer}, and holds its parameter. */
final class MapAddition extends PlainLayer<MapLayer> {
  private static final long serialVersionUID = 1;

  private @Nullable INDArray parameters;
  private @Nullable INDArray gradients;
  private Map<String, INDArray> table = Map.of();

  MapAddition(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray x = input.castTo(dataType);
    INDArray map = getParam(MapLayer.MAP);
    long[] shape = x.shape().clone();
    shape[0] = 1;
    if (!Arrays.equals(shape, map.shape())) {
      // Added as it is, the map might be repeated along an axis of size 1.
      throw new IllegalArgumentException(
          "The layer '%s' adds a map of shape %s to each example and cannot take an input of shape %s."
              .formatted(
                  layerConf().getLayerName(),
                  Arrays.toString(layerConf().shape()),
                  Arrays.toString(x.shape())));
    }
    INDArray sum =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), x.ordering());
    Nd4j.exec(new AddOp(x, map, sum));
    return sum;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    Gradient gradient = new DefaultGradient();
    if (gradients != null) {
      gradients.assign(0); // The updater takes what is there, and the map is constant.
      INDArray view =
          MapParameters.INSTANCE.getGradientsFromFlattened(conf, gradients).get(MapLayer.MAP);
      gradient.setGradientFor(MapLayer.MAP, view);
    }
    return new Pair<>(gradient, workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon));
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
          "The map has %d elements, not %d.".formatted(layerConf().elements(), view.length()));
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
