package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation σ with a gate, which training may turn into a straight line:
 *
 * <pre>y = α·(slope·x + shift) + (1 − α)·σ(x)</pre>
 *
 * <p>(Ben Dror et al., <i>Layer Folding</i>, BMVC 2022, equation 1, where the line is x.) With α =
 * 0 it is σ, with α = 1 the line, and then the linear layers around it can become one.
 *
 * <p>Input and output are [examples, …] of any rank. Slope and shift have one number per channel
 * and are not trained. α is the one parameter, {@value #ALPHA}, of shape [1, 1]; {@link GateBounds}
 * keep it in [0, 1], a {@link GatePenalty} pulls it to 1. What the network is told of other weights
 * (weight decay, gradient clipping, constraints) does not concern it, and like DL4J's
 * ActivationLayer a gate drops nothing.
 */
public final class GateLayer extends ParameterLayer {
  private static final long serialVersionUID = 1;

  /** The key of the parameter. */
  public static final String ALPHA = "alpha";

  /** σ. */
  @JsonProperty("activation")
  private IActivation activation = new ActivationReLU();

  /** α of a new network. */
  @JsonProperty("start")
  private double start;

  /** Of slope and shift. */
  @JsonProperty("channelAxis")
  private int channelAxis = 1;

  /** Empty for 1. */
  @JsonProperty("slope")
  private double[] slope = new double[0];

  /** Empty for 0. */
  @JsonProperty("shift")
  private double[] shift = new double[0];

  /** Null for none. */
  @JsonProperty("penalty")
  private @Nullable GatePenalty penalty;

  /** Null where nothing trains α. */
  @JsonProperty("updater")
  private @Nullable IUpdater updater;

  /** Whether α stays what it is. */
  @JsonProperty("frozen")
  private boolean frozen;

  /** For JSON. */
  private GateLayer() {
    constraints = List.of(); // DL4J reads the field where the getter says that there are some.
  }

  private GateLayer(Builder builder) {
    this();
    this.activation = builder.activation;
    this.start = builder.start;
    this.channelAxis = builder.channelAxis;
    this.slope = builder.slope;
    this.shift = builder.shift;
    this.penalty = builder.penalty;
    this.updater = builder.updater;
    this.frozen = builder.frozen;
  }

  /**
   * The α of a gate.
   *
   * @param layer of a network, whose configuration is a GateLayer, frozen by DL4J or not
   * @return between 0 and 1 after a step of training
   */
  public static double alpha(org.deeplearning4j.nn.api.Layer layer) {
    return layer.getParam(ALPHA).getDouble(0);
  }

  /**
   * Whether a gate can take an activation: it maps each number by itself, without parameters.
   *
   * @param activation of any layer
   * @return false for a softmax, for instance, which depends on all numbers of an example
   */
  public static boolean canReplace(IActivation activation) {
    return ElementWise.isElementWise(activation);
  }

  /** {@return σ} */
  public IActivation activation() {
    return activation;
  }

  /** {@return the α of a new network} */
  public double start() {
    return start;
  }

  /** {@return the slope of the line, one number per channel; empty where the line is x} */
  public double[] slope() {
    return slope.clone();
  }

  /** {@return the line at x = 0, one number per channel; empty where the line is x} */
  public double[] shift() {
    return shift.clone();
  }

  /** {@return the axis of the input that the channels of slope and shift are} */
  public int channelAxis() {
    return channelAxis;
  }

  /** {@return what the gate pays for σ; null for nothing} */
  public @Nullable GatePenalty penalty() {
    return penalty;
  }

  /** {@return a copy of what trains α; null where nothing does} */
  public @Nullable IUpdater updater() {
    return copy(updater);
  }

  /** DL4J sets learning rates in place. */
  private static @Nullable IUpdater copy(@Nullable IUpdater updater) {
    if (updater == null) {
      return null;
    }
    IUpdater copy = updater.clone();
    if (updater instanceof AdaGrad from && copy instanceof AdaGrad to) {
      to.setLearningRateSchedule(from.getLearningRateSchedule()); // Its clone loses it.
    }
    return copy;
  }

  /** {@return whether α stays what it is; then there is no penalty in the loss} */
  public boolean frozen() {
    return frozen;
  }

  @Override
  String key() {
    return ALPHA;
  }

  @Override
  long[] parameterShape() {
    return new long[] {1, 1};
  }

  @Override
  double initialValue() {
    return start;
  }

  @Override
  Gating computation(NeuralNetConfiguration configuration, DataType type) {
    return new Gating(configuration, type);
  }

  /**
   * A gate with α in its bounds. DL4J calls listeners between a step and its bounds: the checkpoint
   * that one of them writes may hold what the step has made of α.
   */
  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    org.deeplearning4j.nn.api.Layer layer =
        super.instantiate(configuration, listeners, index, parameters, initialize, type);
    getConstraints().forEach(bounds -> bounds.applyConstraint(layer, 0, 0));
    return layer;
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return frozen || updater == null ? new NoOp() : updater;
  }

  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String key) {
    return frozen || penalty == null ? null : List.of(penalty);
  }

  /** The bounds of α. */
  @Override
  public List<LayerConstraint> getConstraints() {
    return frozen ? List.of() : List.of(new GateBounds());
  }

  /** A gate has its own: others would move α, or take its bounds away. */
  @Override
  public void setConstraints(@Nullable List<LayerConstraint> others) {
    // See getConstraints.
  }

  /** Forgets what the network has told it: nothing. */
  @Override
  public void resetLayerDefaultConfig() {
    super.resetLayerDefaultConfig();
    constraints = List.of();
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    // Backwards: the derivative of σ, and what α changes.
    long perExample = input.arrayElementsPerExample();
    long state = getUpdaterByParam(ALPHA).stateSize(1);
    return memory(input, 1, state, slope.length == 0 ? 0 : perExample, 2 * perExample);
  }

  @Override
  public GateLayer clone() {
    GateLayer copy = (GateLayer) super.clone();
    copy.updater = updater();
    copy.iDropout = iDropout == null ? null : iDropout.clone();
    return copy;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GateLayer gate
        && super.equals(other)
        && activation.equals(gate.activation)
        && Double.compare(start, gate.start) == 0
        && channelAxis == gate.channelAxis
        && Arrays.equals(slope, gate.slope)
        && Arrays.equals(shift, gate.shift)
        && Objects.equals(penalty, gate.penalty)
        && Objects.equals(updater, gate.updater)
        && frozen == gate.frozen;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        super.hashCode(), start, Arrays.hashCode(slope), Arrays.hashCode(shift), penalty, frozen);
  }

  /** Builds a gate. */
  public static final class Builder {
    private IActivation activation = new ActivationReLU();
    private double start;
    private int channelAxis = 1;
    private double[] slope = new double[0];
    private double[] shift = new double[0];
    private @Nullable GatePenalty penalty;
    private @Nullable IUpdater updater;
    private boolean frozen;

    /**
     * σ: ReLU, unless stated.
     *
     * @param function that {@link #canReplace} takes
     * @return this builder
     */
    public Builder activation(IActivation function) {
      activation = function;
      return this;
    }

    /**
     * σ with DL4J's default numbers.
     *
     * @param function that {@link #canReplace} takes
     * @return this builder
     */
    public Builder activation(Activation function) {
      return activation(function.getActivationFunction());
    }

    /**
     * The α of a new network: 0, which is σ, unless stated.
     *
     * @param alpha from 0 to 1
     * @return this builder
     */
    public Builder start(double alpha) {
      start = alpha;
      return this;
    }

    /**
     * What α = 1 is: x, unless stated.
     *
     * @param axis the axis of the input that the channels are
     * @param slope one number per channel
     * @param shift one number per channel
     * @return this builder
     */
    public Builder line(int axis, double[] slope, double[] shift) {
      this.channelAxis = axis;
      this.slope = slope.clone();
      this.shift = shift.clone();
      return this;
    }

    /**
     * What the gate pays for σ: nothing, unless stated.
     *
     * @param weight of the penalty in the loss
     * @param power 1 or more; 2 is that of the paper
     * @return this builder
     * @throws IllegalArgumentException as of {@link GatePenalty#GatePenalty}
     */
    public Builder penalty(double weight, double power) {
      penalty = new GatePenalty(weight, power);
      return this;
    }

    /**
     * What trains α. DL4J hands the updater of a network to its own layers only, so a gate that is
     * trained must be told; and MultiLayerNetwork.setLearningRate does not reach it.
     *
     * @param howToTrain copied; null for a gate that is not trained
     * @return this builder
     */
    public Builder updater(@Nullable IUpdater howToTrain) {
      updater = copy(howToTrain);
      return this;
    }

    /**
     * Trains α as the weights of another layer are trained: that whose activation this is.
     *
     * @param other with weights, and an updater for them
     * @return this builder
     * @throws IllegalArgumentException if it has no weights, or no updater
     */
    public Builder trainedAs(Layer other) {
      List<String> weights = other.initializer().weightKeys(other);
      IUpdater its = weights.isEmpty() ? null : other.getUpdaterByParam(weights.get(0));
      if (its == null) {
        throw new IllegalArgumentException(
            "The layer '%s' has no weights with an updater that a gate could take."
                .formatted(other.getLayerName()));
      }
      return updater(its);
    }

    /**
     * Whether α stays what it is: not, unless stated.
     *
     * @param stays true for a gate of a network that is only used
     * @return this builder
     */
    public Builder frozen(boolean stays) {
      frozen = stays;
      return this;
    }

    /**
     * The layer.
     *
     * @return without a name
     * @throws IllegalArgumentException if σ is not a function of single numbers, α starts outside
     *     [0, 1], slope and shift are no finite numbers of the same channels, or α is to be trained
     *     and nothing says how
     */
    public GateLayer build() {
      ElementWise.require(activation);
      if (!(start >= 0 && start <= 1)) {
        throw new IllegalArgumentException(
            "The α of a gate is between 0 and 1, and cannot start at " + start + ".");
      }
      requireChannelAxis(channelAxis);
      if (slope.length != shift.length || !isFinite(slope) || !isFinite(shift)) {
        throw new IllegalArgumentException(
            "The line of a gate has one finite slope and one finite shift per channel.");
      }
      if (updater == null && !frozen) {
        throw new IllegalArgumentException(
            "A gate does not know the updater of its network. Maybe trainedAs(the layer before it),"
                + " updater(…), or frozen(true).");
      }
      return new GateLayer(this);
    }

    private static boolean isFinite(double[] values) {
      return Arrays.stream(values).allMatch(Double::isFinite);
    }
  }
}
