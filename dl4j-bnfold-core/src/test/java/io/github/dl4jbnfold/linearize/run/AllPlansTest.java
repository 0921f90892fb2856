package io.github.dl4jbnfold.linearize.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.run.AllPlans.Plan;
import io.github.dl4jbnfold.linearize.run.AllPlans.World;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dynamic programme against all plans of runs with residual connections. */
class AllPlansTest {
  private static final double EXACT = 1e-12;

  private static Run withBlock(long seed) {
    for (long s = seed * 1000; ; s++) {
      Run run = new RandomRun(s).next(5, 1 + (int) (seed % 2));
      if (run.parts().stream().anyMatch(Block.class::isInstance)) {
        return run;
      }
    }
  }

  private static Frontier frontier(Run run, World world) {
    RunPlanner planner =
        new RunPlanner(
            world,
            gates -> OptionalDouble.of(world.loss(gates)),
            EnumSet.allOf(Border.class),
            AllPlans.GROWTH);
    return new Frontier(planner.costApart(List.of(run)), planner.choices(run));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void under_a_budget_the_programme_loses_as_little_as_the_best_of_all_plans(boolean longest) {
    int allowed = 0;
    int refused = 0;
    for (int seed = 0; seed < 60; seed++) {
      World world = new World(seed, longest);
      Run run = withBlock(seed);
      Frontier frontier = frontier(run, world);
      List<Plan> plans = AllPlans.of(run, world);
      Random random = new Random(seed);
      for (int i = 0; i < 5; i++) {
        double fraction = random.nextDouble();
        double best = AllPlans.leastLoss(plans, fraction * frontier.costBefore());
        if (best == Double.POSITIVE_INFINITY) {
          refused++;
          assertThatThrownBy(() -> frontier.within(fraction))
              .isInstanceOf(IllegalArgumentException.class);
        } else {
          allowed++;
          Choice choice = frontier.within(fraction);
          assertThat(choice.loss()).as("seed %d", seed).isCloseTo(best, within(EXACT));
          assertThat(choice.cost()).isLessThanOrEqualTo(fraction * frontier.costBefore());
        }
      }
    }
    assertThat(Math.min(allowed, refused))
        .as("%d allowed, %d refused", allowed, refused)
        .isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void under_a_loss_the_programme_costs_as_little_as_the_best_of_all_plans(boolean longest) {
    int cheaper = 0;
    for (int seed = 0; seed < 60; seed++) {
      World world = new World(1000 + seed, longest);
      Run run = withBlock(1000 + seed);
      Frontier frontier = frontier(run, world);
      List<Plan> plans = AllPlans.of(run, world);
      Random random = new Random(seed);
      for (int i = 0; i < 5; i++) {
        double loss = 2 * random.nextDouble();
        Choice choice = frontier.losing(loss);
        assertThat(choice.cost())
            .as("seed %d", seed)
            .isCloseTo(AllPlans.leastCost(plans, loss), within(EXACT));
        assertThat(choice.loss()).isLessThanOrEqualTo(loss);
        cheaper += choice.cost() < frontier.costBefore() - EXACT ? 1 : 0;
      }
    }
    assertThat(cheaper).isGreaterThan(20);
  }

  @Test
  void without_a_budget_nothing_is_lost() {
    for (int seed = 0; seed < 20; seed++) {
      World world = new World(seed, false);
      Frontier frontier = frontier(withBlock(seed), world);
      assertThat(frontier.within(1).loss()).isLessThanOrEqualTo(0);
      assertThat(frontier.losing(0).cost()).isLessThanOrEqualTo(frontier.costBefore());
    }
  }
}
