package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.RandomGraph.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing network smaller for as long as it still fails. */
final class GraphShrinker {
  private static final int MOST_TRIALS = 600;

  private final Predicate<RandomGraph> fails;
  private int trials;

  private GraphShrinker(Predicate<RandomGraph> fails) {
    this.fails = fails;
  }

  static RandomGraph shrink(RandomGraph failing, Predicate<RandomGraph> fails) {
    return new GraphShrinker(fails).shrink(failing);
  }

  private RandomGraph shrink(RandomGraph failing) {
    RandomGraph smallest = failing;
    boolean progress = true;
    while (progress && trials < MOST_TRIALS) {
      progress = false;
      for (RandomGraph candidate : candidates(smallest)) {
        trials++;
        if (!candidate.equals(smallest) && fails.test(candidate)) {
          smallest = candidate;
          progress = true;
          break;
        }
      }
    }
    return smallest;
  }

  /** Networks that are one change smaller, the largest changes first. */
  private static List<RandomGraph> candidates(RandomGraph graph) {
    List<RandomGraph> all = new ArrayList<>();
    List<Integer> outputs = graph.outputs();
    if (outputs.size() > 1) {
      outputs.forEach(id -> all.add(graph.with(graph.steps(), List.of(id))));
      for (int id : outputs) {
        all.add(graph.with(graph.steps(), outputs.stream().filter(o -> o != id).toList()));
      }
    }
    for (Step step : graph.steps()) {
      step.inputs().forEach(input -> all.add(graph.without(step.id(), input)));
      // An earlier output cuts off everything behind it.
      if (!outputs.contains(step.id()) && outputs.size() == 1) {
        all.add(graph.with(graph.steps(), List.of(step.id())));
      }
    }
    for (Step step : graph.steps()) {
      for (Layer simpler : step.layer().simpler()) {
        all.add(replaced(graph, new Step(step.id(), simpler, step.inputs())));
      }
    }
    return all.stream().map(RandomGraph::tidied).toList();
  }

  private static RandomGraph replaced(RandomGraph graph, Step replacement) {
    List<Step> steps =
        graph.steps().stream().map(s -> s.id() == replacement.id() ? replacement : s).toList();
    return graph.with(steps, graph.outputs());
  }
}
