package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Adds a constant map, the same to every example: what a convolution makes of a constant input
 * differs at a border that it pads with zeros. Theory, section 4.
 *
 * <p>Input and output are [examples, shape…]. The map is a parameter, {@value #MAP}, of shape [1,
 * shape…], because it can be large; but it is not trained: its gradient is 0 and nothing
 * regularizes it.
 */
public final class MapLayer extends ParameterLayer {
  private static final long serialVersionUID = 1;

  /** The key of the parameter. */
  public static final String MAP = "map";

  /** Without the axis of the examples. */
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

  /** {@return the shape of the map and of one example} */
  public long[] shape() {
    return shape.clone();
  }

  @Override
  String key() {
    return MAP;
  }

  @Override
  long[] parameterShape() {
    long[] whole = new long[shape.length + 1];
    whole[0] = 1;
    System.arraycopy(shape, 0, whole, 1, shape.length);
    return whole;
  }

  @Override
  double initialValue() {
    return 0;
  }

  @Override
  MapAddition computation(NeuralNetConfiguration configuration, DataType type) {
    return new MapAddition(configuration, type);
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return new NoOp();
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return memory(input, elements(), 0, 0, 0);
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
