package io.github.dl4jbnfold.layers;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.jspecify.annotations.Nullable;

/** What the configurations of this package have in common. */
final class Inputs {
  private Inputs() {}

  /**
   * The type itself.
   *
   * @throws IllegalStateException if there is none
   */
  static InputType required(@Nullable InputType type, Layer layer) {
    if (type == null) {
      throw new IllegalStateException(
          "The layer '" + layer.getLayerName() + "' needs to know the type of its input.");
    }
    return type;
  }

  /**
   * @throws IllegalArgumentException for the axis of the examples
   */
  static void requireChannelAxis(int axis) {
    if (axis < 1) {
      throw new IllegalArgumentException(
          "Axis " + axis + " cannot be the channels: axis 0 is the examples.");
    }
  }

  /**
   * The memory of a layer without parameters.
   *
   * @param inference elements of an example that a run needs besides its output
   * @param training the same for a step of training
   */
  static LayerMemoryReport memory(
      Layer layer, InputType input, InputType output, long inference, long training) {
    return new LayerMemoryReport.Builder(layer.getLayerName(), layer.getClass(), input, output)
        .standardMemory(0, 0)
        .workingMemory(0, inference, 0, training)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }
}
