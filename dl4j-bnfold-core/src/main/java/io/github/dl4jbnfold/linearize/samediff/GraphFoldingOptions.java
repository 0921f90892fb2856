package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.layers.GatePenalty;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.run.Planning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * How the layers of a SameDiff graph are folded.
 *
 * @param gates which activations get gates, and which
 * @param padding how far it moves to the front of the pieces that may merge
 * @param expected the gates that are expected to become linear: padding moves only for what merges
 *     then
 * @param foldingBatchNorms whether batch normalizations are folded first: a graph with one that is
 *     left cannot be trained
 * @param costs by which merges are worth it
 * @param growth how many times as many multiplications a merge may take, whatever it costs
 * @param outputs variables to preserve, beginning with those that labels are compared with, in
 *     their order; empty for those that no operator reads
 * @param inputShapes shapes of placeholders that do not declare them, batch size included
 */
public record GraphFoldingOptions(
    GateOptions gates,
    PaddingScope padding,
    Predicate<String> expected,
    boolean foldingBatchNorms,
    Costs costs,
    double growth,
    List<String> outputs,
    Map<String, long[]> inputShapes) {
  public GraphFoldingOptions {
    outputs = List.copyOf(outputs);
    inputShapes = Map.copyOf(inputShapes);
  }

  /**
   * A gate for every activation, α from 0.1 with ten times the learning rate of the weights, λ =
   * 0.25 and p = 2 as in the paper; batch normalizations are folded first, padding moves to the
   * front within residual blocks and between them, and operators are merged where that saves
   * multiplications.
   *
   * @return equal options each time
   */
  public static GraphFoldingOptions defaults() {
    return new GraphFoldingOptions(
        GateOptions.defaults().start(0.1).rate(10).penalty(0.25, 2),
        PaddingScope.BLOCKS,
        gate -> true,
        true,
        Costs.MULTIPLY_ADDS,
        4,
        List.of(),
        Map.of());
  }

  private GraphFoldingOptions with(GateOptions others, List<String> preserved) {
    return new GraphFoldingOptions(
        others, padding, expected, foldingBatchNorms, costs, growth, preserved, inputShapes);
  }

  /**
   * With other gates.
   *
   * @param change makes other options of those of the gates
   * @return a copy with it
   */
  public GraphFoldingOptions gates(UnaryOperator<GateOptions> change) {
    return with(change.apply(gates), outputs);
  }

  /**
   * With the same penalty λ·|1 − α^p| for each gate.
   *
   * @param lambda 0 for no penalty
   * @param power 1 or more; with 2 a gate at α = 0 feels no pull
   * @return a copy with it
   */
  public GraphFoldingOptions penalty(double lambda, double power) {
    GatePenalty same = new GatePenalty(lambda, power);
    return gates(options -> options.penalties(name -> same));
  }

  /**
   * How far padding moves to the front of what may merge.
   *
   * @param scope {@link PaddingScope#NONE} leaves all padding where it is
   * @return a copy with it
   */
  public GraphFoldingOptions padding(PaddingScope scope) {
    return new GraphFoldingOptions(
        gates, scope, expected, foldingBatchNorms, costs, growth, outputs, inputShapes);
  }

  /**
   * The gates that are expected to become linear, by their names: all by default.
   *
   * @param linear whether the gate of a name is expected to become linear
   * @return a copy with it
   */
  public GraphFoldingOptions expecting(Predicate<String> linear) {
    return new GraphFoldingOptions(
        gates, padding, linear, foldingBatchNorms, costs, growth, outputs, inputShapes);
  }

  /**
   * Whether batch normalizations are folded first, as by default.
   *
   * @param first false for a graph that has none
   * @return a copy with it
   */
  public GraphFoldingOptions foldingBatchNorms(boolean first) {
    return new GraphFoldingOptions(
        gates, padding, expected, first, costs, growth, outputs, inputShapes);
  }

  /**
   * By which merges are worth it: multiplications by default.
   *
   * @param worth asked for each piece that may merge
   * @return a copy with it
   */
  public GraphFoldingOptions costs(Costs worth) {
    return new GraphFoldingOptions(
        gates, padding, expected, foldingBatchNorms, worth, growth, outputs, inputShapes);
  }

  /**
   * How many times as many multiplications a merge may take, whatever it costs: 4 by default.
   *
   * @param factor 1 for no more than before
   * @return a copy with it
   */
  public GraphFoldingOptions growth(double factor) {
    return new GraphFoldingOptions(
        gates, padding, expected, foldingBatchNorms, costs, factor, outputs, inputShapes);
  }

  /**
   * The variables to preserve, beginning with those that labels are compared with.
   *
   * @param names of the graph; none for those that no operator reads
   * @return a copy with it
   */
  public GraphFoldingOptions outputs(String... names) {
    return with(gates, List.of(names));
  }

  /**
   * The shape of a placeholder that does not declare it.
   *
   * @param placeholder its name
   * @param shape batch size included, such as 2, 3, 32, 32
   * @return a copy with it
   */
  public GraphFoldingOptions inputShape(String placeholder, long... shape) {
    Map<String, long[]> shapes = new LinkedHashMap<>(inputShapes);
    shapes.put(placeholder, shape.clone());
    return new GraphFoldingOptions(
        gates, padding, expected, foldingBatchNorms, costs, growth, outputs, shapes);
  }

  /** The rules of merges that padding in front will make exact: operators have fixed sizes here. */
  Planning planning() {
    return Planning.of(
        costs, growth, padding, (piece, form) -> MergeWriter.isWorthwhile(piece), true);
  }
}
