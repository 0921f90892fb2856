package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.RunPlanner;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;

/** The choices of activations that are worth to be linear under some budget of cost. */
public final class BudgetPlan {
  private final SourceNetwork gated;
  private final NetworkRuns.Found found;
  private final MergeWriter writer;
  private final Request request;

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

  /** Is told how many errors have been measured, and how many will be. */
  @FunctionalInterface
  public interface Progress {
    void measured(int done, int all);
  }

  private BudgetPlan(SourceNetwork gated, Request request) {
    this.gated = gated;
    this.request = request;
    Equality equality = Equality.of(gated, request.inputShapes);
    RunShapes shapes = equality.shapes(gated);
    this.found = NetworkRuns.of(gated, shapes);
    this.writer = new MergeWriter(new NetworkEdit(gated, false), shapes, found.flows());
  }

  /**
   * The frontier of a network.
   *
   * @param gated with gates whose α are 0; they change while errors are measured and are 0 again
   *     afterwards
   * @param error of a network: the smaller the better
   * @throws io.github.dl4jbnfold.verify.FoldingException if an error is not a number
   */
  public static Frontier of(
      SourceNetwork gated, ToDoubleFunction<Model> error, Request request, Progress progress) {
    return new BudgetPlan(gated, request).frontier(error, progress);
  }

  /**
   * All pieces of a network that could become one layer, whatever that costs.
   *
   * @param gated with gates whose α are 0
   */
  public static List<Candidate> candidates(SourceNetwork gated, Request request) {
    BudgetPlan plan = new BudgetPlan(gated, request);
    List<Candidate> candidates = new ArrayList<>();
    plan.found.runs().forEach(run -> plan.collect(run, candidates));
    return List.copyOf(candidates);
  }

  private void collect(Run run, List<Candidate> candidates) {
    Costs costs = costs(run);
    RunPlanner apart = planner(costs, linear -> OptionalDouble.empty(), (piece, form) -> false);
    BiPredicate<Run, Form> asked =
        (piece, form) -> {
          double cost = costs.convolution(form, piece.sizeArray());
          if (may(piece, form) && cost < Double.POSITIVE_INFINITY) {
            double before = apart.costApart(List.of(piece));
            Merge merge = new Merge(piece, form);
            candidates.add(new Candidate(merge, piece.gates(), before, cost));
          }
          return false;
        };
    planner(costs, linear -> OptionalDouble.of(0), asked).choices(run);
  }

  private Frontier frontier(ToDoubleFunction<Model> error, Progress progress) {
    Set<Set<String>> asked = new HashSet<>();
    // What is asked does not depend on the answers.
    choices(
        linear -> {
          asked.add(linear);
          return OptionalDouble.of(0);
        });
    Importance importance = new Importance(gated, error);
    Set<Set<String>> answered = new HashSet<>();
    return choices(
        linear -> {
          OptionalDouble loss = importance.of(linear);
          if (answered.add(linear)) {
            progress.measured(answered.size(), asked.size());
          }
          return loss;
        });
  }

  private Frontier choices(Function<Set<String>, OptionalDouble> loss) {
    Frontier together = new Frontier(0, List.of());
    for (Run run : found.runs()) {
      Frontier own = choices(run, loss);
      together = together.choices().isEmpty() ? own : together.and(own);
    }
    return together;
  }

  private Frontier choices(Run run, Function<Set<String>, OptionalDouble> loss) {
    RunPlanner planner = planner(costs(run), loss, this::may);
    return new Frontier(planner.costApart(List.of(run)), planner.choices(run));
  }

  private Costs costs(Run run) {
    Flow flow = Objects.requireNonNull(found.flows().get(run.input()));
    return new WritableCosts(request.costs, flow.channelAxis());
  }

  private RunPlanner planner(
      Costs costs, Function<Set<String>, OptionalDouble> loss, BiPredicate<Run, Form> allowed) {
    Set<Border> borders = moves() ? EnumSet.allOf(Border.class) : EnumSet.of(Border.NONE);
    return new RunPlanner(costs, loss, borders, request.growth, allowed);
  }

  private boolean may(Run piece, Form form) {
    return writer.writes(piece, form) && (!moves() || request.padding.admits(piece));
  }

  private boolean moves() {
    return request.padding != PaddingScope.NONE;
  }
}
