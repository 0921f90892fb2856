package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Adds a constant map, the same to every example: what a convolution makes of a constant input
 * differs at a border that it pads with zeros. Theory, section 4.
 *
 * <p>Input and output are [examples, shape…]. The map is a parameter, {@value #MAP}, of shape [1,
 * shape…], because it can be large; but it is not trained: its gradient is 0 and nothing
 * regularizes it.
 */
public final class MapLayer extends Layer {
  private static final long serialVersionUID = 1;

  /** The key of the parameter. */
  public static final String MAP = "map";

  @JsonProperty("shape")
  private long[] shape = new long[0];

  /** For JSON. */
  private MapLayer() {}

  /**
   * A layer whose map is 0 until it is set.
   *
   * @param shape of the map and of one example
   */
  public MapLayer(long... shape) {
    if (shape.length == 0 || Arrays.stream(shape).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "A map needs sizes that are positive, not " + Arrays.toString(shape) + ".");
    }
    this.shape = shape.clone();
  }

  /** The shape of the map and of one example. */
  public long[] shape() {
    return shape.clone();
  }

  long elements() {
    return Arrays.stream(shape).reduce(1, (x, y) -> x * y);
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    MapAddition layer = new MapAddition(configuration, type);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    return layer.started(listeners, index);
  }

  @Override
  public ParamInitializer initializer() {
    return MapParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return Inputs.required(input, this);
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    // The shape says it.
  }

  @Override
  public @Nullable InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String key) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String key) {
    return false;
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return new NoOp();
  }

  @Override
  public GradientNormalization getGradientNormalization() {
    return GradientNormalization.None; // A gradient of 0 has no direction.
  }

  @Override
  public double getGradientNormalizationThreshold() {
    return 0;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return new LayerMemoryReport.Builder(getLayerName(), MapLayer.class, input, input)
        .standardMemory(elements(), 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public MapLayer clone() {
    return (MapLayer) super.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MapLayer layer
        && super.equals(other)
        && Arrays.equals(shape, layer.shape);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Arrays.hashCode(shape);
  }
}
