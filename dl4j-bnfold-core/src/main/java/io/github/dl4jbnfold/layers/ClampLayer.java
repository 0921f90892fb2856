package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation with bounds of its own for each channel:
 *
 * <pre>y = min(max(x, lowerSlope·x + lower), upperSlope·x + upper)</pre>
 *
 * <p>Input and output are [examples, …], with the channels on any axis but the first: images NCHW
 * and NHWC, sequences NCW and NWC, vectors. Theory, section 3.
 *
 * <p>The bounds are a part of the configuration and no parameters: nothing trains, averages or
 * regularizes them, an infinite one disturbs nobody, and JSON keeps all their digits.
 */
public final class ClampLayer extends OwnLayer {
  private static final long serialVersionUID = 1;

  /** Never 0. */
  @JsonProperty("channelAxis")
  private int channelAxis = 1;

  /** As long as the lower bound; null with it, or for 0. */
  @JsonProperty("lowerSlope")
  private double @Nullable [] lowerSlope;

  /** Null for no bound. */
  @JsonProperty("lower")
  private double @Nullable [] lower;

  /** As long as the upper bound; null with it, or for 0. */
  @JsonProperty("upperSlope")
  private double @Nullable [] upperSlope;

  /** Null for no bound. */
  @JsonProperty("upper")
  private double @Nullable [] upper;

  /** For JSON. */
  private ClampLayer() {}

  private ClampLayer(Builder builder) {
    this.channelAxis = builder.channelAxis;
    this.lowerSlope = builder.lowerSlope;
    this.lower = builder.lower;
    this.upperSlope = builder.upperSlope;
    this.upper = builder.upper;
  }

  /** {@return the axis of the input that the channels are; 0 would be the examples} */
  public int channelAxis() {
    return channelAxis;
  }

  /** {@return what the lower bound takes of x, one number per channel; null for nothing} */
  public double @Nullable [] lowerSlope() {
    return copy(lowerSlope);
  }

  /** {@return the lower bound, one number per channel; null for no bound} */
  public double @Nullable [] lower() {
    return copy(lower);
  }

  /** {@return what the upper bound takes of x, one number per channel; null for nothing} */
  public double @Nullable [] upperSlope() {
    return copy(upperSlope);
  }

  /** {@return the upper bound, one number per channel; null for no bound} */
  public double @Nullable [] upper() {
    return copy(upper);
  }

  private static double @Nullable [] copy(double @Nullable [] values) {
    return values == null ? null : values.clone();
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    return new Clamping(configuration, type).started(listeners, index);
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    // Backwards: which elements are inside the bounds.
    long perExample = input.arrayElementsPerExample();
    return memory(input, 0, 0, lowerSlope == null ? 0 : perExample, 2 * perExample);
  }

  @Override
  public ClampLayer clone() {
    return (ClampLayer) super.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClampLayer clamp
        && super.equals(other)
        && channelAxis == clamp.channelAxis
        && Arrays.equals(lowerSlope, clamp.lowerSlope)
        && Arrays.equals(lower, clamp.lower)
        && Arrays.equals(upperSlope, clamp.upperSlope)
        && Arrays.equals(upper, clamp.upper);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Arrays.hashCode(lower) + 31 * Arrays.hashCode(upper);
  }

  /** Builds a clamp; what is not stated is not bounded. */
  public static final class Builder {
    private int channelAxis = 1;
    private double @Nullable [] lowerSlope;
    private double @Nullable [] lower;
    private double @Nullable [] upperSlope;
    private double @Nullable [] upper;

    /**
     * The axis of the input that the channels are: 1, unless stated.
     *
     * @param axis 1 or more: 0 is that of the examples
     * @return this builder
     */
    public Builder channelAxis(int axis) {
      channelAxis = axis;
      return this;
    }

    /**
     * max(x, bound), one bound per channel; −∞ for none in a channel.
     *
     * @param bound copied
     * @return this builder
     */
    public Builder lower(double... bound) {
      lower = bound.clone();
      return this;
    }

    /**
     * max(x, slope·x + offset).
     *
     * @param slope one number per channel
     * @param offset as many
     * @return this builder
     */
    public Builder lower(double[] slope, double[] offset) {
      lowerSlope = slope.clone();
      return lower(offset);
    }

    /**
     * min(x, bound), one bound per channel; ∞ for none in a channel.
     *
     * @param bound copied
     * @return this builder
     */
    public Builder upper(double... bound) {
      upper = bound.clone();
      return this;
    }

    /**
     * min(x, slope·x + offset).
     *
     * @param slope one number per channel
     * @param offset as many
     * @return this builder
     */
    public Builder upper(double[] slope, double[] offset) {
      upperSlope = slope.clone();
      return upper(offset);
    }

    /**
     * The layer.
     *
     * @return without a name, an updater, or parameters
     * @throws IllegalArgumentException if the bounds have different numbers of channels, or the
     *     channel axis is the examples
     */
    public ClampLayer build() {
      long lengths =
          Stream.of(lowerSlope, lower, upperSlope, upper)
              .filter(values -> values != null)
              .mapToInt(values -> values.length)
              .distinct()
              .count();
      if (lengths > 1) {
        throw new IllegalArgumentException("All bounds of a clamp have one number per channel.");
      }
      requireChannelAxis(channelAxis);
      return new ClampLayer(this);
    }
  }
}
