package io.github.dl4jbnfold;

import io.github.dl4jbnfold.linearize.network.BudgetPlan;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.network.GateSettings;
import io.github.dl4jbnfold.linearize.network.Preparation;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How layers are folded. Immutable: each method returns new options. */
public final class LayerFoldingOptions {
  private static final int LEAST_EXAMPLES = 10;
  private static final LayerFoldingOptions DEFAULTS =
      new LayerFoldingOptions(
          new GateSettings(name -> true, 0.1, 0.25, name -> 1, 2, 10),
          PaddingScope.BLOCKS,
          gate -> true,
          true,
          Costs.MULTIPLY_ADDS,
          4,
          EndPoint.IDENTITY,
          List.of(),
          List.of(),
          Map.of());

  // Not final, so that a copy can be changed before anybody sees it.
  private GateSettings gates;
  private PaddingScope padding;
  private Predicate<String> expected;
  private boolean foldingBatchNorms;
  private Costs costs;
  private double growth;
  private EndPoint endPoint;
  private List<INDArray> calibration;
  private List<INDArray> reconstruction;
  private Map<String, long[]> inputShapes;

  private LayerFoldingOptions(
      GateSettings gates,
      PaddingScope padding,
      Predicate<String> expected,
      boolean foldingBatchNorms,
      Costs costs,
      double growth,
      EndPoint endPoint,
      List<INDArray> calibration,
      List<INDArray> reconstruction,
      Map<String, long[]> inputShapes) {
    this.gates = gates;
    this.padding = padding;
    this.expected = expected;
    this.foldingBatchNorms = foldingBatchNorms;
    this.costs = costs;
    this.growth = growth;
    this.endPoint = endPoint;
    this.calibration = calibration;
    this.reconstruction = reconstruction;
    this.inputShapes = inputShapes;
  }

  private LayerFoldingOptions with(Consumer<LayerFoldingOptions> change) {
    LayerFoldingOptions copy =
        new LayerFoldingOptions(
            gates,
            padding,
            expected,
            foldingBatchNorms,
            costs,
            growth,
            endPoint,
            calibration,
            reconstruction,
            inputShapes);
    change.accept(copy);
    return copy;
  }

  /**
   * A gate for every activation that can have one, α from 0.1, λ = 0.25 and p = 2 as in the paper;
   * batch normalizations are folded first, padding moves to the front, and layers are merged where
   * that saves multiplications.
   *
   * @return the same object each time
   */
  public static LayerFoldingOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Which activations get gates, by the name of their layer, or of the layer that hides them.
   *
   * @param wanted whether the activation of a layer gets a gate
   * @return new options
   */
  public LayerFoldingOptions activations(Predicate<String> wanted) {
    return with(
        new GateSettings(
            wanted, gates.start(), gates.penalty(), gates.weight(), gates.power(), gates.rate()));
  }

  /**
   * α before training. At 0 the network with gates is the original; with the power 2 the penalty
   * then has no gradient.
   *
   * @param alpha from 0 to 1
   * @return new options
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public LayerFoldingOptions start(double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("α starts between 0 and 1, not at " + alpha + ".");
    }
    return with(
        new GateSettings(
            gates.wanted(), alpha, gates.penalty(), gates.weight(), gates.power(), gates.rate()));
  }

  /**
   * The penalty λ·c·|1 − α^p|: its weight λ and its power p, 1 or more.
   *
   * @param lambda 0 for no penalty
   * @param power 1 or more; with 2 a gate at α = 0 feels no pull
   * @return new options
   */
  public LayerFoldingOptions penalty(double lambda, double power) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), lambda, gates.weight(), power, gates.rate()));
  }

  /**
   * The weight c of single gates in the penalty, by the name of their layer; 1 by default.
   *
   * @param weight of a gate, by the name of its layer
   * @return new options
   */
  public LayerFoldingOptions weights(ToDoubleFunction<String> weight) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), gates.penalty(), weight, gates.power(), gates.rate()));
  }

  /**
   * By what the learning rate is multiplied for α; 10 by default.
   *
   * @param factor of the learning rate of the weights
   * @return new options
   */
  public LayerFoldingOptions rate(double factor) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), gates.penalty(), gates.weight(), gates.power(), factor));
  }

  /**
   * How far padding moves to the front of what may merge: within residual blocks and between them
   * by default. Only so most of it merges exactly later; it changes what is computed at borders
   * before the training.
   *
   * @param scope {@link PaddingScope#NONE} leaves all padding where it is
   * @return new options
   */
  public LayerFoldingOptions padding(PaddingScope scope) {
    return with(copy -> copy.padding = scope);
  }

  /**
   * The gates that are expected to become linear, by their own names: padding moves only for what
   * merges then. All by default.
   *
   * @param linear whether the gate of a name is expected to become linear
   * @return new options
   */
  public LayerFoldingOptions expecting(Predicate<String> linear) {
    return with(copy -> copy.expected = linear);
  }

  /**
   * Whether batch normalizations are folded first, as by default: that saves time in training.
   *
   * @param first false to leave them in
   * @return new options
   */
  public LayerFoldingOptions foldingBatchNorms(boolean first) {
    return with(copy -> copy.foldingBatchNorms = first);
  }

  /**
   * By which merges are worth it: multiplications by default; {@link Costs#DEPTH} counts layers,
   * {@link io.github.dl4jbnfold.linearize.network.MeasuredCosts} are times on this machine.
   *
   * @param worth asked for each piece that may merge
   * @return new options
   */
  public LayerFoldingOptions costs(Costs worth) {
    return with(copy -> copy.costs = worth);
  }

  /**
   * How many times as many multiplications a merged layer may take as the layers in it, whatever it
   * costs: 4 by default.
   *
   * @param factor 1 for no more than before
   * @return new options
   */
  public LayerFoldingOptions growth(double factor) {
    return with(copy -> copy.growth = factor);
  }

  /**
   * What activations are when they are linear, where no data is needed: identities by default.
   *
   * @param line {@link EndPoint#IDENTITY} or {@link EndPoint#CLOSED_FORM}
   * @return new options
   * @throws IllegalArgumentException for least squares, which need data
   */
  public LayerFoldingOptions endPoint(EndPoint line) {
    if (line == EndPoint.LEAST_SQUARES) {
      throw new IllegalArgumentException(
          "Least squares need data: use leastSquares(inputs of the network).");
    }
    return with(
        copy -> {
          copy.endPoint = line;
          copy.calibration = List.of();
        });
  }

  /**
   * Linear activations are the lines nearest to them, channel by channel, on some inputs.
   *
   * @param inputs one array for each input of the network; a few hundred examples do
   * @return new options
   */
  public LayerFoldingOptions leastSquares(INDArray... inputs) {
    return with(
        copy -> {
          copy.endPoint = EndPoint.LEAST_SQUARES;
          copy.calibration = List.of(inputs);
        });
  }

  /**
   * Merged layers and those behind them are fitted, one after the other, to what the network wrote
   * there while its activations were not linear, by least squares on some inputs: the best that one
   * linear layer can do in the place of several. What is merged is no longer what the network with
   * linear activations is, but nearer to what it was with them: with α as they are where gates are
   * converted, with no gates at all where a network is made linear at once. It is of most use
   * without a training, or before a short one.
   *
   * @param inputs one array for each input of the network; a few hundred examples
   * @return new options
   * @throws IllegalArgumentException if there are fewer than 10 examples, not as many of each
   *     input, or numbers that are not finite
   */
  public LayerFoldingOptions reconstructing(INDArray... inputs) {
    for (INDArray input : inputs) {
      if (input.size(0) < LEAST_EXAMPLES || input.size(0) != inputs[0].size(0)) {
        throw new IllegalArgumentException(
            "Layers are fitted to at least %d examples, as many of each input: not to %s."
                .formatted(
                    LEAST_EXAMPLES, Arrays.stream(inputs).map(each -> each.size(0)).toList()));
      } else if (!Double.isFinite(input.sumNumber().doubleValue())) {
        throw new IllegalArgumentException(
            "Layers are fitted to examples of finite numbers only: leave out the others.");
      }
    }
    return with(copy -> copy.reconstruction = List.of(inputs));
  }

  /**
   * The shape of an input, batch size included, where the network does not tell it.
   *
   * @param input its name; "input" for the one of a MultiLayerNetwork
   * @param shape such as 2, 3, 32, 32; taken for the only one
   * @return new options
   */
  public LayerFoldingOptions inputShape(String input, long... shape) {
    Map<String, long[]> shapes = new LinkedHashMap<>(inputShapes);
    shapes.put(input, shape.clone());
    return with(copy -> copy.inputShapes = Map.copyOf(shapes));
  }

  private LayerFoldingOptions with(GateSettings others) {
    return with(copy -> copy.gates = others);
  }

  Preparation.Request request(SourceNetwork original) {
    return new Preparation.Request(
        gates, padding, expected, costs, growth, endPoint, original, calibration, inputShapes);
  }

  /** Gates that change nothing yet, and padding where it was. */
  LayerFoldingOptions forChoosing() {
    return start(0).padding(PaddingScope.NONE);
  }

  BudgetPlan.Request budget() {
    return new BudgetPlan.Request(costs, growth, padding, inputShapes);
  }

  boolean foldingBatchNorms() {
    return foldingBatchNorms;
  }

  List<INDArray> reconstruction() {
    return reconstruction;
  }

  Costs costs() {
    return costs;
  }

  double growth() {
    return growth;
  }

  Map<String, long[]> inputShapes() {
    return inputShapes;
  }
}
