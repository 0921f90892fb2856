package io.github.dl4jbnfold;

import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.network.GateSettings;
import io.github.dl4jbnfold.linearize.network.Preparation;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How layers are folded. Immutable: each method returns new options. */
public final class LayerFoldingOptions {
  private static final LayerFoldingOptions DEFAULTS =
      new LayerFoldingOptions(
          new GateSettings(name -> true, 0.1, 0.25, name -> 1, 2, 10),
          true,
          true,
          Costs.MULTIPLY_ADDS,
          4,
          EndPoint.IDENTITY,
          List.of(),
          Map.of());

  private final GateSettings gates;
  private final boolean paddingInFront;
  private final boolean foldingBatchNorms;
  private final Costs costs;
  private final double growth;
  private final EndPoint endPoint;
  private final List<INDArray> calibration;
  private final Map<String, long[]> inputShapes;

  private LayerFoldingOptions(
      GateSettings gates,
      boolean paddingInFront,
      boolean foldingBatchNorms,
      Costs costs,
      double growth,
      EndPoint endPoint,
      List<INDArray> calibration,
      Map<String, long[]> inputShapes) {
    this.growth = growth;
    this.endPoint = endPoint;
    this.calibration = List.copyOf(calibration);
    this.gates = gates;
    this.paddingInFront = paddingInFront;
    this.foldingBatchNorms = foldingBatchNorms;
    this.costs = costs;
    this.inputShapes = Map.copyOf(inputShapes);
  }

  /**
   * A gate for every activation that can have one, α from 0.1, λ = 0.25 and p = 2 as in the paper;
   * batch normalizations are folded first, padding moves to the front, and layers are merged where
   * that saves multiplications.
   */
  public static LayerFoldingOptions defaults() {
    return DEFAULTS;
  }

  /** Which activations get gates, by the name of their layer, or of the layer that hides them. */
  public LayerFoldingOptions activations(Predicate<String> wanted) {
    return with(
        new GateSettings(
            wanted, gates.start(), gates.penalty(), gates.weight(), gates.power(), gates.rate()));
  }

  /**
   * α before training. At 0 the network with gates is the original; with the power 2 the penalty
   * then has no gradient.
   *
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

  /** The penalty λ·c·|1 − α^p|: its weight λ and its power p, 1 or more. */
  public LayerFoldingOptions penalty(double lambda, double power) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), lambda, gates.weight(), power, gates.rate()));
  }

  /** The weight c of single gates in the penalty, by the name of their layer; 1 by default. */
  public LayerFoldingOptions weights(ToDoubleFunction<String> weight) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), gates.penalty(), weight, gates.power(), gates.rate()));
  }

  /** By what the learning rate is multiplied for α; 10 by default. */
  public LayerFoldingOptions rate(double factor) {
    return with(
        new GateSettings(
            gates.wanted(), gates.start(), gates.penalty(), gates.weight(), gates.power(), factor));
  }

  /**
   * Whether padding moves to the front of the pieces that may merge, as it does by default: only so
   * most of them merge exactly later. It changes what is computed at borders before the training.
   */
  public LayerFoldingOptions paddingInFront(boolean moved) {
    return new LayerFoldingOptions(
        gates, moved, foldingBatchNorms, costs, growth, endPoint, calibration, inputShapes);
  }

  /** Whether batch normalizations are folded first, as by default: that saves time in training. */
  public LayerFoldingOptions foldingBatchNorms(boolean first) {
    return new LayerFoldingOptions(
        gates, paddingInFront, first, costs, growth, endPoint, calibration, inputShapes);
  }

  /**
   * By which merges are worth it: multiplications by default; {@link Costs#DEPTH} counts layers.
   */
  public LayerFoldingOptions costs(Costs worth) {
    return new LayerFoldingOptions(
        gates,
        paddingInFront,
        foldingBatchNorms,
        worth,
        growth,
        endPoint,
        calibration,
        inputShapes);
  }

  /**
   * How many times as many multiplications a merged layer may take as the layers in it, whatever it
   * costs: 4 by default.
   */
  public LayerFoldingOptions growth(double factor) {
    return new LayerFoldingOptions(
        gates,
        paddingInFront,
        foldingBatchNorms,
        costs,
        factor,
        endPoint,
        calibration,
        inputShapes);
  }

  double growth() {
    return growth;
  }

  /**
   * What activations are when they are linear, where no data is needed: identities by default.
   *
   * @throws IllegalArgumentException for least squares, which need data
   */
  public LayerFoldingOptions endPoint(EndPoint line) {
    if (line == EndPoint.LEAST_SQUARES) {
      throw new IllegalArgumentException(
          "Least squares need data: use leastSquares(inputs of the network).");
    }
    return new LayerFoldingOptions(
        gates, paddingInFront, foldingBatchNorms, costs, growth, line, List.of(), inputShapes);
  }

  /**
   * Linear activations are the lines nearest to them, channel by channel, on some inputs.
   *
   * @param inputs one array for each input of the network; a few hundred examples do
   */
  public LayerFoldingOptions leastSquares(INDArray... inputs) {
    return new LayerFoldingOptions(
        gates,
        paddingInFront,
        foldingBatchNorms,
        costs,
        growth,
        EndPoint.LEAST_SQUARES,
        List.of(inputs),
        inputShapes);
  }

  /** The shape of an input, batch size included, where the network does not tell it. */
  public LayerFoldingOptions inputShape(String input, long... shape) {
    Map<String, long[]> shapes = new LinkedHashMap<>(inputShapes);
    shapes.put(input, shape.clone());
    return new LayerFoldingOptions(
        gates, paddingInFront, foldingBatchNorms, costs, growth, endPoint, calibration, shapes);
  }

  private LayerFoldingOptions with(GateSettings others) {
    return new LayerFoldingOptions(
        others,
        paddingInFront,
        foldingBatchNorms,
        costs,
        growth,
        endPoint,
        calibration,
        inputShapes);
  }

  Preparation.Request request(SourceNetwork original) {
    return new Preparation.Request(
        gates, paddingInFront, costs, growth, endPoint, original, calibration, inputShapes);
  }

  boolean foldingBatchNorms() {
    return foldingBatchNorms;
  }

  Costs costs() {
    return costs;
  }

  Map<String, long[]> inputShapes() {
    return inputShapes;
  }
}
