package io.github.dl4jbnfold.linearize.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The dynamic programme against all plans of small chains. */
class RunPlannerTest {
  /** Costs and losses that are random but the same for the same question. */
  private record World(long seed) {
    double cost(Form form, long... sizes) {
      return new Random(seed * 31 + form.hashCode() + java.util.Arrays.hashCode(sizes))
          .doubles(2)
          .skip(1)
          .findFirst()
          .orElseThrow();
    }

    OptionalDouble loss(Set<String> gates) {
      double loss =
          gates.stream()
              .mapToDouble(gate -> new Random(seed + 7L * gate.hashCode()).doubles(2).skip(1).sum())
              .sum();
      return OptionalDouble.of(loss);
    }

    Costs costs() {
      return new Costs() {
        @Override
        public double convolution(Form form, long... sizes) {
          return cost(form, sizes);
        }

        @Override
        public double elementwise(int channels, int inputs, long... sizes) {
          return 0.1;
        }

        @Override
        public double branches(List<Double> costs) {
          return costs.stream().mapToDouble(Double::doubleValue).sum();
        }
      };
    }
  }

  /** The least loss under a budget, over all ways to cut a chain into pieces. */
  private static double best(Run run, int from, World world, double budget, long... sizes) {
    if (budget < 0) {
      return Double.POSITIVE_INFINITY;
    } else if (from == run.parts().size()) {
      return 0;
    }
    Part first = run.parts().get(from);
    Segments segments = new Segments(EnumSet.allOf(Border.class));
    long[] next = segments.outputSizes(first, sizes);
    double alone =
        first instanceof Unit unit
            ? world.cost(unit.form(), sizes)
            : world.costs().elementwise(1, 1, sizes);
    double best = best(run, from + 1, world, budget - alone, next);
    if (first instanceof Gate gate && gate.endsAsIdentity()) {
      double loss = world.loss(Set.of(gate.name())).getAsDouble();
      best = Math.min(best, loss + best(run, from + 1, world, budget, next));
    }
    for (int to = from + 2; to <= run.parts().size(); to++) {
      Run piece = run.part(from, to, sizes);
      Form form = segments.chain(piece.parts(), sizes).orElseThrow().form();
      Set<String> gates = new HashSet<>();
      piece.parts().forEach(part -> part.gates().forEach(gates::add));
      double rest = best(run, to, world, budget - world.cost(form, sizes), form.outputSizes(sizes));
      best = Math.min(best, world.loss(gates).getAsDouble() + rest);
    }
    return best;
  }

  private static Run chain(long seed) {
    for (long s = seed * 1000; ; s++) {
      Run run = new RandomRun(s).next(6, 1);
      if (run.parts().stream().noneMatch(Part.Block.class::isInstance)) {
        return run;
      }
    }
  }

  @Test
  void the_programme_equals_the_best_of_all_plans_and_never_exceeds_the_budget() {
    Map<Boolean, Integer> found = new HashMap<>();
    for (int seed = 0; seed < 100; seed++) {
      World world = new World(seed);
      Run run = chain(seed);
      List<Choice> choices =
          new RunPlanner(world.costs(), world::loss, EnumSet.allOf(Border.class), 1e9).choices(run);
      Random random = new Random(seed);
      for (int i = 0; i < 5; i++) {
        double budget = random.nextDouble() * 4;
        double planned =
            choices.stream()
                .filter(choice -> choice.cost() <= budget)
                .mapToDouble(Choice::loss)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double best = best(run, 0, world, budget, run.sizeArray());
        found.merge(best < Double.POSITIVE_INFINITY, 1, Integer::sum);
        if (best == Double.POSITIVE_INFINITY) {
          assertThat(planned).isInfinite();
        } else {
          assertThat(planned)
              .as("seed %d", seed)
              .isCloseTo(best, org.assertj.core.data.Offset.offset(1e-12));
        }
      }
    }
    assertThat(found.values()).allMatch(count -> count > 20);
  }
}
