package io.github.dl4jbnfold.layers;

import java.util.List;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.params.EmptyParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What the configurations of this package have in common. Unless one says otherwise, it has no
 * parameters and its output is of the type of its input; what a network is told of regularization
 * and of gradient clipping is not meant for it.
 */
abstract class OwnLayer extends Layer {
  private static final long serialVersionUID = 1;

  @Override
  public ParamInitializer initializer() {
    return EmptyParamInitializer.getInstance();
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    if (input == null) {
      throw new IllegalStateException(
          "The layer '" + getLayerName() + "' needs to know the type of its input.");
    }
    return input;
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    // It takes whatever comes.
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
  public GradientNormalization getGradientNormalization() {
    return GradientNormalization.None; // A gradient of 0 has no direction.
  }

  @Override
  public double getGradientNormalizationThreshold() {
    return 0;
  }

  /**
   * Throws for the axis of the examples.
   *
   * @throws IllegalArgumentException for that one
   */
  static void requireChannelAxis(int axis) {
    if (axis < 1) {
      throw new IllegalArgumentException(
          "Axis " + axis + " cannot be the channels: axis 0 is the examples.");
    }
  }

  /**
   * A report for a layer that caches nothing.
   *
   * @param parameters elements of the parameters
   * @param state elements of the updater's state
   * @param inference elements of an example that a run needs besides its output
   * @param training the same for a step of training
   */
  LayerMemoryReport memory(
      InputType input, long parameters, long state, long inference, long training) {
    return new LayerMemoryReport.Builder(
            getLayerName(), getClass(), input, getOutputType(-1, input))
        .standardMemory(parameters, state)
        .workingMemory(0, inference, 0, training)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }
}
