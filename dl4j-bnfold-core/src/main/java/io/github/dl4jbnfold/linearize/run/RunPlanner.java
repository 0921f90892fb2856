package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses which activations become linear and what is merged then. The dynamic programme of Kim et
 * al. (ICML 2023), D[t, j] = max_i D[t − T(i, j), i] + I(i, j), with all budgets t at once: it
 * keeps the choices that no other one beats in cost and in loss, and goes into the branches of
 * residual connections.
 */
public final class RunPlanner {
  private final Costs costs;
  private final Function<Set<String>, OptionalDouble> loss;
  private final Segments segments;
  private final double growth;
  private final BiPredicate<Run, Form> allowed;
  private final boolean certain;

  /**
   * A planner for pieces of any kind.
   *
   * @see Planning for the parameters
   */
  public RunPlanner(
      Costs costs, Function<Set<String>, OptionalDouble> loss, Set<Border> borders, double growth) {
    this(new Planning(costs, borders, growth, (piece, form) -> true), loss);
  }

  /**
   * A planner that heeds rules.
   *
   * @param loss by making activations linear; 0 where they are already; empty where they must not
   *     be
   */
  public RunPlanner(Planning planning, Function<Set<String>, OptionalDouble> loss) {
    this(planning.costs(), loss, planning.segments(), planning.growth(), planning.allowed(), false);
  }

  private RunPlanner(
      Costs costs,
      Function<Set<String>, OptionalDouble> loss,
      Segments segments,
      double growth,
      BiPredicate<Run, Form> allowed,
      boolean certain) {
    this.certain = certain;
    this.allowed = allowed;
    this.growth = growth;
    this.costs = costs;
    this.loss = loss;
    this.segments = segments;
  }

  /**
   * A planner for activations that are linear if they may be: alone, one that is a line costs what
   * a layer does.
   */
  public RunPlanner certain() {
    return new RunPlanner(costs, loss, segments, growth, allowed, true);
  }

  /** The choices that no other one beats, from the cheapest to the one that loses least. */
  public List<Choice> choices(Run run) {
    return choices(run.input(), run.parts(), run.sizeArray());
  }

  /** Choices for runs that have nothing to do with each other, together. */
  public List<Choice> choices(List<Run> runs) {
    List<Choice> together = List.of(Choice.NOTHING);
    for (Run run : runs) {
      together = Choice.combined(together, choices(run));
    }
    return together;
  }

  /** What runs cost as they are. */
  public double costApart(List<Run> runs) {
    Planning nothing = new Planning(costs, Set.of(), 0, (piece, form) -> false);
    RunPlanner idle = new RunPlanner(nothing, gates -> OptionalDouble.empty());
    return idle.choices(runs).get(0).cost();
  }

  private List<Choice> choices(String input, List<Part> parts, long... sizes) {
    List<long[]> sizesBefore = new ArrayList<>(List.of(sizes));
    for (Part part : parts) {
      sizesBefore.add(segments.outputSizes(part, sizesBefore.get(sizesBefore.size() - 1)));
    }
    Run whole = new Run(input, parts, Arrays.stream(sizes).boxed().toList());
    List<List<Choice>> upTo = new ArrayList<>(List.of(List.of(Choice.NOTHING)));
    for (int j = 1; j <= parts.size(); j++) {
      upTo.add(new ArrayList<>());
    }
    for (int i = 0; i < parts.size(); i++) {
      List<Choice> before = Choice.undominated(upTo.get(i));
      upTo.set(i, before);
      upTo.get(i + 1).addAll(Choice.combined(before, alone(whole, i, sizesBefore.get(i))));
      for (Segment merged : from(whole, i, sizesBefore.get(i))) {
        upTo.get(merged.to).addAll(Choice.combined(before, List.of(merged.choice)));
      }
    }
    return Choice.undominated(upTo.get(parts.size()));
  }

  /** A part as it is, or what becomes of it inside. */
  private List<Choice> alone(Run run, int index, long... sizes) {
    Part part = run.parts().get(index);
    if (part instanceof Unit unit) {
      double cost = 0;
      long[] at = sizes;
      for (Form form : unit.computedAs()) {
        cost += costs.convolution(form, at);
        at = form.outputSizes(at);
      }
      return List.of(Choice.NOTHING.costing(cost));
    } else if (part instanceof Gate gate) {
      boolean line =
          certain && !gate.endsAsIdentity() && loss.apply(Set.of(gate.name())).isPresent();
      double cost =
          line
              ? costs.convolution(gate.endPoint().form(), sizes)
              : costs.elementwise(gate.endPoint().outputs(), 1, sizes);
      return List.of(Choice.NOTHING.costing(cost));
    }
    String input = index == 0 ? run.input() : run.parts().get(index - 1).name();
    return inside((Block) part, input, sizes);
  }

  private List<Choice> inside(Block block, String input, long... sizes) {
    // The cost of branches need not be a sum: the frontier of each, all combinations.
    List<Branches> together = List.of(new Branches(List.of(), Choice.NOTHING));
    for (List<Part> branch : block.branches()) {
      List<Choice> own = choices(input, branch, sizes);
      List<Branches> next = new ArrayList<>();
      together.forEach(some -> own.forEach(choice -> next.add(some.with(choice))));
      together = next;
    }
    int channels = channels(block);
    long[] outputs = segments.outputSizes(block, sizes);
    double sum = costs.elementwise(channels, block.branches().size(), outputs);
    return Choice.undominated(
        together.stream()
            .map(some -> some.choice.costing(costs.branches(some.costs) + sum))
            .collect(Collectors.toCollection(ArrayList::new)));
  }

  private record Branches(List<Double> costs, Choice choice) {
    Branches with(Choice next) {
      List<Double> longer = new ArrayList<>(costs);
      longer.add(next.cost());
      return new Branches(longer, choice.and(next));
    }
  }

  private static int channels(Block block) {
    for (List<Part> branch : block.branches()) {
      for (int i = branch.size() - 1; i >= 0; i--) {
        if (branch.get(i) instanceof Unit unit) {
          return unit.form().outputs();
        } else if (branch.get(i) instanceof Gate gate) {
          return gate.endPoint().outputs();
        } else if (branch.get(i) instanceof Block inner) {
          return channels(inner);
        }
      }
    }
    return 1;
  }

  /** Parts that become one, as a choice. */
  private record Segment(int to, Choice choice) {}

  private List<Segment> from(Run run, int from, long... sizes) {
    List<Segment> found = new ArrayList<>();
    Optional<Segments.Linear> whole = Optional.empty();
    long[] at = sizes;
    for (int to = from + 1; to <= run.parts().size(); to++) {
      Part part = run.parts().get(to - 1);
      Optional<Segments.Linear> next = segments.linear(part, at);
      if (next.isEmpty()
          || loss.apply(part.gates().collect(Collectors.toUnmodifiableSet())).isEmpty()) {
        break;
      }
      if (whole.isPresent()) {
        next = segments.then(whole.get(), next.get(), sizes);
      }
      if (next.isEmpty()) {
        break;
      }
      whole = next;
      at = segments.outputSizes(part, at);
      Run piece = run.part(from, to, sizes);
      choice(piece, whole.get().form()).ifPresent(addTo(found, to));
    }
    return found;
  }

  private static Consumer<Choice> addTo(List<Segment> found, int to) {
    return choice -> found.add(new Segment(to, choice));
  }

  private Optional<Choice> choice(Run piece, Form form) {
    boolean single = piece.parts().size() == 1;
    if (single && piece.parts().get(0) instanceof Unit) {
      return Optional.empty();
    } else if (single && piece.parts().get(0) instanceof Gate gate) {
      return gate.endsAsIdentity() ? choice(piece, 0, List.of()) : Optional.empty();
    }
    long[] sizes = piece.sizeArray();
    if (form.multiplyAdds(sizes) > growth * segments.multiplyAdds(piece.parts(), sizes)
        || !allowed.test(piece, form)) {
      return Optional.empty();
    }
    return choice(piece, costs.convolution(form, sizes), List.of(new Merge(piece, form)));
  }

  /** Losses may take long to measure: they are asked for last. */
  private Optional<Choice> choice(Run piece, double cost, List<Merge> merges) {
    if (cost == Double.POSITIVE_INFINITY) {
      return Optional.empty();
    }
    Set<String> gates = piece.gates();
    OptionalDouble lost = loss.apply(gates);
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(new Choice(cost, lost.getAsDouble(), gates, merges));
  }
}
