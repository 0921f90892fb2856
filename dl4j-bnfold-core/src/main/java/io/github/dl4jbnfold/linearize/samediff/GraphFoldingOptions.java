package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.layers.GatePenalty;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How the layers of a SameDiff graph are folded.
 *
 * @param gates which activations get gates, and which
 * @param paddingInFront whether padding moves to the front of the pieces that may merge
 * @param foldingBatchNorms whether batch normalizations are folded first: a graph with one that is
 *     left cannot be trained
 * @param costs by which merges are worth it
 * @param outputs variables to preserve, beginning with those that labels are compared with, in
 *     their order; empty for those that no operator reads
 * @param inputShapes shapes of placeholders that do not declare them, batch size included
 */
public record GraphFoldingOptions(
    GateOptions gates,
    boolean paddingInFront,
    boolean foldingBatchNorms,
    Costs costs,
    List<String> outputs,
    Map<String, long[]> inputShapes) {
  public GraphFoldingOptions {
    outputs = List.copyOf(outputs);
    inputShapes = Map.copyOf(inputShapes);
  }

  /**
   * A gate for every activation, α from 0.1 with ten times the learning rate of the weights, λ =
   * 0.25 and p = 2 as in the paper; batch normalizations are folded first, padding moves to the
   * front, and operators are merged where that saves multiplications.
   */
  public static GraphFoldingOptions defaults() {
    return new GraphFoldingOptions(
        GateOptions.defaults().start(0.1).rate(10).penalty(0.25, 2),
        true,
        true,
        Costs.MULTIPLY_ADDS,
        List.of(),
        Map.of());
  }

  /** With other gates. */
  public GraphFoldingOptions gates(UnaryOperator<GateOptions> change) {
    return new GraphFoldingOptions(
        change.apply(gates), paddingInFront, foldingBatchNorms, costs, outputs, inputShapes);
  }

  /** With the same penalty λ·|1 − α^p| for each gate. */
  public GraphFoldingOptions penalty(double lambda, double power) {
    GatePenalty same = new GatePenalty(lambda, power);
    return gates(options -> options.penalties(name -> same));
  }

  /** Whether padding moves to the front of the pieces that may merge, as it does by default. */
  public GraphFoldingOptions paddingInFront(boolean moved) {
    return new GraphFoldingOptions(gates, moved, foldingBatchNorms, costs, outputs, inputShapes);
  }

  /** Whether batch normalizations are folded first, as by default. */
  public GraphFoldingOptions foldingBatchNorms(boolean first) {
    return new GraphFoldingOptions(gates, paddingInFront, first, costs, outputs, inputShapes);
  }

  /** By which merges are worth it: multiplications by default. */
  public GraphFoldingOptions costs(Costs worth) {
    return new GraphFoldingOptions(
        gates, paddingInFront, foldingBatchNorms, worth, outputs, inputShapes);
  }

  /** The variables to preserve, beginning with those that labels are compared with. */
  public GraphFoldingOptions outputs(String... names) {
    return new GraphFoldingOptions(
        gates, paddingInFront, foldingBatchNorms, costs, List.of(names), inputShapes);
  }

  /** The shape of a placeholder that does not declare it. */
  public GraphFoldingOptions inputShape(String placeholder, long... shape) {
    Map<String, long[]> shapes = new LinkedHashMap<>(inputShapes);
    shapes.put(placeholder, shape.clone());
    return new GraphFoldingOptions(
        gates, paddingInFront, foldingBatchNorms, costs, outputs, shapes);
  }
}
