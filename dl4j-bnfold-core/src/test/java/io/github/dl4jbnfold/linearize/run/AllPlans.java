package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All ways to cut a run into pieces, each left as it is or merged, branches of residual connections
 * included: none is left out because another one beats it.
 */
final class AllPlans {
  /** What a way costs and loses. */
  record Plan(double cost, double loss) {
    private static final Plan NOTHING = new Plan(0, 0);

    Plan and(Plan other) {
      return new Plan(cost + other.cost, loss + other.loss);
    }
  }

  /**
   * Costs and losses that are random but the same for the same question.
   *
   * @param longest whether branches cost as much as the dearest of them, or all of them
   */
  record World(long seed, boolean longest) implements Costs {
    private double random(Object... question) {
      return new Random(seed * 31 + Objects.hash(question)).doubles(2).skip(1).sum();
    }

    @Override
    public double convolution(Form form, long... sizes) {
      return random(form, java.util.Arrays.hashCode(sizes));
    }

    @Override
    public double elementwise(int channels, int inputs, long... sizes) {
      return 0.1 * inputs;
    }

    @Override
    public double branches(List<Double> costs) {
      return longest
          ? costs.stream().mapToDouble(Double::doubleValue).max().orElse(0)
          : costs.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Of activations that go together, which need not be the sum of theirs; it may be a gain. */
    double loss(Set<String> gates) {
      return gates.isEmpty() ? 0 : random(gates) - 0.1;
    }
  }

  /** How many times as many multiplications a merge may take. */
  static final double GROWTH = 4;

  private final World world;
  private final Segments segments = new Segments(EnumSet.allOf(Border.class));

  private AllPlans(World world) {
    this.world = world;
  }

  static List<Plan> of(Run run, World world) {
    return new AllPlans(world).plans(run.parts(), run.sizeArray());
  }

  /** The least loss that a budget allows; infinite if it allows nothing. */
  static double leastLoss(List<Plan> plans, double budget) {
    return plans.stream()
        .filter(plan -> plan.cost <= budget)
        .mapToDouble(Plan::loss)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** The least cost without losing more than allowed. */
  static double leastCost(List<Plan> plans, double loss) {
    return plans.stream()
        .filter(plan -> plan.loss <= loss)
        .mapToDouble(Plan::cost)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  private List<Plan> plans(List<Part> parts, long... sizes) {
    if (parts.isEmpty()) {
      return List.of(Plan.NOTHING);
    }
    List<Plan> plans = new ArrayList<>();
    for (int to = 1; to <= parts.size(); to++) {
      List<Part> piece = parts.subList(0, to);
      List<Plan> first = new ArrayList<>();
      if (to == 1) {
        first.addAll(alone(piece.get(0), sizes));
      }
      merged(piece, sizes).ifPresent(first::add);
      if (!first.isEmpty()) {
        List<Plan> rest = plans(parts.subList(to, parts.size()), after(piece, sizes));
        first.forEach(some -> rest.forEach(other -> plans.add(some.and(other))));
      }
    }
    return plans;
  }

  private long[] after(List<Part> piece, long... sizes) {
    long[] at = sizes;
    for (Part part : piece) {
      at = segments.outputSizes(part, at);
    }
    return at;
  }

  private List<Plan> alone(Part part, long... sizes) {
    if (part instanceof Unit unit) {
      return List.of(new Plan(world.convolution(unit.form(), sizes), 0));
    } else if (part instanceof Gate gate) {
      Plan active = new Plan(world.elementwise(1, 1, sizes), 0);
      Plan gone = new Plan(0, world.loss(Set.of(gate.name())));
      return gate.endsAsIdentity() ? List.of(active, gone) : List.of(active);
    }
    return inside((Block) part, sizes);
  }

  private List<Plan> inside(Block block, long... sizes) {
    List<List<Plan>> together = List.of(List.of());
    for (List<Part> branch : block.branches()) {
      List<Plan> own = plans(branch, sizes);
      together =
          together.stream()
              .flatMap(some -> own.stream().map(plan -> with(some, plan)))
              .collect(Collectors.toList());
    }
    double sum = world.elementwise(1, block.branches().size(), sizes);
    return together.stream()
        .map(
            branches ->
                new Plan(
                    world.branches(branches.stream().map(Plan::cost).toList()) + sum,
                    branches.stream().mapToDouble(Plan::loss).sum()))
        .toList();
  }

  private static List<Plan> with(List<Plan> some, Plan plan) {
    List<Plan> longer = new ArrayList<>(some);
    longer.add(plan);
    return longer;
  }

  private Optional<Plan> merged(List<Part> piece, long... sizes) {
    if (piece.size() == 1 && !(piece.get(0) instanceof Block)) {
      return Optional.empty();
    }
    Set<String> gates = piece.stream().flatMap(Part::gates).collect(Collectors.toUnmodifiableSet());
    return segments
        .chain(piece, sizes)
        .filter(
            whole ->
                whole.form().multiplyAdds(sizes) <= GROWTH * segments.multiplyAdds(piece, sizes))
        .map(whole -> new Plan(world.convolution(whole.form(), sizes), world.loss(gates)));
  }
}
