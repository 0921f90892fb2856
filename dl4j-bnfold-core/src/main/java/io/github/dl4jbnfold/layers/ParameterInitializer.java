package io.github.dl4jbnfold.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Lays out the parameter of a {@link ParameterLayer}. */
final class ParameterInitializer implements ParamInitializer {
  static final ParameterInitializer INSTANCE = new ParameterInitializer();

  private ParameterInitializer() {}

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return ((ParameterLayer) layer).elements();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(((ParameterLayer) layer).key());
  }

  /** Neither weight nor bias: what is meant for those is not meant for it. */
  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
    ParameterLayer layer = (ParameterLayer) configuration.getLayer();
    if (initialize) {
      view.assign(layer.initialValue());
    }
    configuration.addVariable(layer.key());
    return table(layer, view);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray view) {
    return table((ParameterLayer) configuration.getLayer(), view);
  }

  private static Map<String, INDArray> table(ParameterLayer layer, INDArray view) {
    Map<String, INDArray> table = new LinkedHashMap<>();
    table.put(layer.key(), view.reshape('c', layer.parameterShape()));
    return table;
  }
}
