package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The choices of activations that are worth to be linear under some budget of cost. */
public final class FrontierSearch {
  private final List<Run> runs;
  private final Function<Run, Planning> rules;

  /**
   * @param runs of a network
   * @param rules for each run
   */
  public FrontierSearch(List<Run> runs, Function<Run, Planning> rules) {
    this.runs = List.copyOf(runs);
    this.rules = rules;
  }

  /** Is told how many errors have been measured, and how many will be. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called after each error.
     *
     * @param done how many have been measured
     * @param all how many there are
     */
    void measured(int done, int all);
  }

  /**
   * All pieces of the network that could become one layer, whatever that costs.
   *
   * @return those that cost more than before, too
   */
  public List<Candidate> candidates() {
    List<Candidate> candidates = new ArrayList<>();
    runs.forEach(run -> collect(run, candidates));
    return List.copyOf(candidates);
  }

  private void collect(Run run, List<Candidate> candidates) {
    Planning planning = rules.apply(run);
    RunPlanner apart = new RunPlanner(planning, linear -> OptionalDouble.empty());
    BiPredicate<Run, Form> asked =
        (piece, form) -> {
          double cost = planning.costs().convolution(form, piece.sizeArray());
          if (planning.allowed().test(piece, form) && cost < Double.POSITIVE_INFINITY) {
            double before = apart.costApart(List.of(piece));
            candidates.add(new Candidate(new Merge(piece, form), piece.gates(), before, cost));
          }
          return false;
        };
    Planning asking =
        new Planning(planning.costs(), planning.borders(), planning.growth(), asked)
            .fixed(planning.fixedSizes());
    new RunPlanner(asking, linear -> OptionalDouble.of(0)).choices(run);
  }

  /**
   * The frontier.
   *
   * @param error of the network with some activations linear, and of the network as it is: the
   *     smaller the better
   * @param progress is told after each error
   * @return choices from the cheapest to the one that loses least
   */
  public Frontier frontier(ToDoubleFunction<Set<String>> error, Progress progress) {
    Set<Set<String>> asked = new HashSet<>();
    // What is asked does not depend on the answers.
    choices(
        linear -> {
          asked.add(linear);
          return OptionalDouble.of(0);
        });
    Importance importance = new Importance(error);
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
    Frontier together = new Frontier(0, List.of(Choice.NOTHING));
    for (Run run : runs) {
      RunPlanner planner = new RunPlanner(rules.apply(run), loss);
      together = together.and(new Frontier(planner.costApart(List.of(run)), planner.choices(run)));
    }
    return together;
  }
}
