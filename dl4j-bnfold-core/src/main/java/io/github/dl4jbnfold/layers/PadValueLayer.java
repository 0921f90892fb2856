package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Pads sequences, images or volumes with a value of its own for each channel. Theory, section 4.
 *
 * <p>Input and output are [examples, …] with one axis of channels; all others are padded. The
 * values are a part of the configuration, as those of a {@link ClampLayer} are.
 */
public final class PadValueLayer extends OwnLayer {
  private static final long serialVersionUID = 1;

  /** Never 0. */
  @JsonProperty("channelAxis")
  private int channelAxis = 1;

  /** Before and after, axis by axis. */
  @JsonProperty("padding")
  private int[] padding = new int[0];

  /** One per channel. */
  @JsonProperty("values")
  private double[] values = new double[0];

  /** For JSON. */
  private PadValueLayer() {}

  /**
   * A padding.
   *
   * @param channelAxis the axis of the input that the channels are
   * @param padding before and after, for each axis but those of the examples and the channels
   * @param values one per channel
   * @throws IllegalArgumentException if a padding is negative, or not one before and one after, or
   *     the channel axis is no axis of the data
   */
  public PadValueLayer(int channelAxis, int[] padding, double[] values) {
    requireChannelAxis(channelAxis);
    boolean known = Arrays.stream(padding).allMatch(p -> p >= 0) && padding.length % 2 == 0;
    if (!known || channelAxis > 1 + padding.length / 2) {
      throw new IllegalArgumentException(
          "A padding has two numbers that are not negative for each axis, not %s."
              .formatted(Arrays.toString(padding)));
    }
    this.channelAxis = channelAxis;
    this.padding = padding.clone();
    this.values = values.clone();
  }

  /** {@return the axis of the input that the channels are} */
  public int channelAxis() {
    return channelAxis;
  }

  /**
   * {@return what is padded before and after, for each axis but those of the examples and the
   * channels}
   */
  public int[] padding() {
    return padding.clone();
  }

  /** {@return what is padded, one number per channel} */
  public double[] values() {
    return values.clone();
  }

  private int added(int axis) {
    return padding[2 * axis] + padding[2 * axis + 1];
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    return new ValuePadding(configuration, type).started(listeners, index);
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    if (input instanceof InputTypeRecurrent sequence && padding.length == 2) {
      long length = sequence.getTimeSeriesLength();
      return InputType.recurrent(
          sequence.getSize(), length < 0 ? length : length + added(0), sequence.getFormat());
    } else if (input instanceof InputTypeConvolutional image && padding.length == 4) {
      return InputType.convolutional(
          image.getHeight() + added(0),
          image.getWidth() + added(1),
          image.getChannels(),
          image.getFormat());
    } else if (input instanceof InputTypeConvolutional3D volume && padding.length == 6) {
      return InputType.convolutional3D(
          volume.getDataFormat(),
          volume.getDepth() + added(0),
          volume.getHeight() + added(1),
          volume.getWidth() + added(2),
          volume.getChannels());
    }
    throw new IllegalStateException(
        "The layer '%s' pads %d axes, which %s has not."
            .formatted(getLayerName(), padding.length / 2, input));
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return memory(input, 0, 0, 0, 0);
  }

  @Override
  public PadValueLayer clone() {
    return (PadValueLayer) super.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PadValueLayer layer
        && super.equals(other)
        && channelAxis == layer.channelAxis
        && Arrays.equals(padding, layer.padding)
        && Arrays.equals(values, layer.values);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Arrays.hashCode(padding) + 31 * Arrays.hashCode(values);
  }
}
