package io.github.dl4jbnfold.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Lays out the parameter of a {@link MapLayer}: [1, shape…] in c order. */
final class MapParameters implements ParamInitializer {
  static final MapParameters INSTANCE = new MapParameters();

  private MapParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return ((MapLayer) layer).elements();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(MapLayer.MAP);
  }

  /** Neither weight nor bias: what is meant for those is not meant for a constant. */
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
    if (initialize) {
      view.assign(0);
    }
    configuration.addVariable(MapLayer.MAP);
    return map(configuration, view);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray view) {
    return map(configuration, view);
  }

  private static Map<String, INDArray> map(NeuralNetConfiguration configuration, INDArray view) {
    long[] shape = ((MapLayer) configuration.getLayer()).shape();
    long[] whole = new long[shape.length + 1];
    whole[0] = 1;
    System.arraycopy(shape, 0, whole, 1, shape.length);
    Map<String, INDArray> table = new LinkedHashMap<>();
    table.put(MapLayer.MAP, view.reshape('c', whole));
    return table;
  }
}
