package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.run.Planning;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;

/** Which activations of a network of layers are worth to be linear. */
public final class BudgetPlan {
  private final SourceNetwork gated;
  private final NetworkRuns.Found found;
  private final MergeWriter writer;
  private final Request request;
  private final boolean fixed;

  /**
   * What is wanted.
   *
   * @param costs of layers
   * @param growth how many times as many multiplications a merge may take, whatever it costs
   * @param padding how far it may move to the front
   * @param inputShapes shapes of inputs, where the network does not tell them
   */
  public record Request(
      Costs costs, double growth, PaddingScope padding, Map<String, long[]> inputShapes) {}

  private BudgetPlan(SourceNetwork gated, Request request) {
    this.gated = gated;
    this.request = request;
    RunShapes shapes = Equality.of(gated, request.inputShapes).shapes(gated);
    this.fixed = shapes.fixed();
    this.found = NetworkRuns.of(gated, shapes);
    this.writer = new MergeWriter(new NetworkEdit(gated, false), shapes, found.flows());
  }

  /**
   * The frontier of a network.
   *
   * @param gated with gates whose α are 0; they change while errors are measured and are 0 again
   *     afterwards
   * @param error of a network: the smaller the better
   * @throws FoldingException if an error is not a number
   */
  public static Frontier of(
      SourceNetwork gated,
      ToDoubleFunction<Model> error,
      Request request,
      FrontierSearch.Progress progress) {
    BudgetPlan plan = new BudgetPlan(gated, request);
    return plan.search().frontier(linear -> plan.error(error, linear), progress);
  }

  /**
   * All pieces of a network that could become one layer, whatever that costs.
   *
   * @param gated with gates whose α are 0
   */
  public static List<Candidate> candidates(SourceNetwork gated, Request request) {
    return new BudgetPlan(gated, request).search().candidates();
  }

  private FrontierSearch search() {
    return new FrontierSearch(
        found.runs(),
        run -> Planning.of(request.costs, request.growth, request.padding, writer::writes, fixed));
  }

  private double error(ToDoubleFunction<Model> error, Set<String> linear) {
    try {
      linear.forEach(gate -> set(gate, 1));
      double measured = error.applyAsDouble(gated.model());
      if (Double.isNaN(measured)) {
        throw new FoldingException(
            linear.isEmpty()
                ? "The error of the network is not a number."
                : "The error with %s linear is not a number."
                    .formatted(String.join(", ", new TreeSet<>(linear))));
      }
      return measured;
    } finally {
      linear.forEach(gate -> set(gate, 0));
    }
  }

  private void set(String gate, double alpha) {
    Objects.requireNonNull(gated.parameters(gate).get(GateLayer.ALPHA)).assign(alpha);
  }
}
