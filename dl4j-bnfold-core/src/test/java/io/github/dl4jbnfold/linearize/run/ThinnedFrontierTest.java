package io.github.dl4jbnfold.linearize.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frontiers with more choices than are kept, against a knapsack of whole numbers. */
class ThinnedFrontierTest {
  private static final int PAIRS = 40;
  private static final int COST = 1000;
  private static final int KEPT = 2000;
  private static final int LAST = 1000;

  /**
   * Pairs of layers with an activation between, a run each.
   *
   * @param saved what each costs less as one layer
   * @param lost by it, nearly in proportion: so hardly any choice beats another one
   */
  private record Pairs(int[] saved, double[] lost) implements Costs {
    static Pairs random(long seed) {
      Random random = new Random(seed);
      int[] saved = random.ints(PAIRS, COST / 20, COST).toArray();
      double[] lost =
          IntStream.of(saved).mapToDouble(s -> s * (1 + 0.1 * random.nextDouble())).toArray();
      return new Pairs(saved, lost);
    }

    /** The layer at the end of a pair tells it apart by the number of its outputs. */
    private static Run run(int pair) {
      int between = 2 + pair;
      return new Run(
          "in" + pair,
          List.of(
              unit("first" + pair, 1, between),
              new Gate(String.valueOf(pair), Convolution.identity(between, 0)),
              unit("last" + pair, between, LAST + pair)),
          List.of());
    }

    private static Unit unit(String name, int inputs, int outputs) {
      Form form = new Form(inputs, outputs, 1, List.of());
      return new Unit(name, form, true, List.of(form), Pairs::unneeded);
    }

    private static Convolution unneeded() {
      throw new AssertionError("A plan needs no numbers.");
    }

    double cost(Choice choice) {
      return PAIRS * COST - pairs(choice).map(pair -> saved[pair]).sum();
    }

    double loss(Choice choice) {
      return pairs(choice).mapToDouble(pair -> lost[pair]).sum();
    }

    private static IntStream pairs(Choice choice) {
      return choice.linear().stream().mapToInt(Integer::parseInt);
    }

    private static int pair(Set<String> gates) {
      return Integer.parseInt(gates.iterator().next());
    }

    Frontier frontier() {
      List<Run> runs = IntStream.range(0, PAIRS).mapToObj(Pairs::run).toList();
      RunPlanner planner =
          new RunPlanner(
              this,
              gates -> OptionalDouble.of(gates.isEmpty() ? 0 : lost[pair(gates)]),
              EnumSet.of(Border.NONE),
              1e9);
      return new Frontier(planner.costApart(runs), planner.choices(runs));
    }

    /** The least loss for each sum of what is saved; infinite if no choice saves that much. */
    double[] leastLosses() {
      double[] least = new double[PAIRS * COST + 1];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      least[0] = 0;
      for (int pair = 0; pair < PAIRS; pair++) {
        for (int sum = least.length - 1; sum >= saved[pair]; sum--) {
          least[sum] = Math.min(least[sum], least[sum - saved[pair]] + lost[pair]);
        }
      }
      for (int sum = least.length - 2; sum >= 0; sum--) {
        least[sum] = Math.min(least[sum], least[sum + 1]);
      }
      return least;
    }

    @Override
    public double convolution(Form form, long... sizes) {
      boolean merged = form.inputs() == 1 && form.outputs() >= LAST;
      return merged ? COST - saved[form.outputs() - LAST] : form.inputs() == 1 ? COST : 0;
    }

    @Override
    public double elementwise(int channels, int inputs, long... sizes) {
      return 0;
    }

    @Override
    public double branches(List<Double> costs) {
      throw new AssertionError("There are no branches.");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void of_many_choices_those_that_are_kept_lose_hardly_more_and_never_cost_more(int seed) {
    Pairs pairs = Pairs.random(seed);
    Frontier frontier = pairs.frontier();
    double[] least = pairs.leastLosses();
    assertThat(Arrays.stream(least).distinct().count()).isGreaterThan(2 * KEPT);
    assertThat(frontier.choices()).hasSizeBetween(KEPT / 2, KEPT + 2);
    assertThat(frontier.costBefore()).isEqualTo(PAIRS * COST);
    double cheapest = frontier.choices().get(0).cost() / frontier.costBefore();
    double all = least[IntStream.of(pairs.saved).sum()];
    for (double part = 0.001; part < 1; part += 0.001) {
      double fraction = cheapest + part * (1 - cheapest);
      Choice choice = frontier.within(fraction);
      double budget = fraction * frontier.costBefore();
      double best = least[(int) Math.ceil(frontier.costBefore() - budget)];

      assertThat(choice.cost()).isEqualTo(pairs.cost(choice)).isLessThanOrEqualTo(budget);
      assertThat(choice.loss()).isCloseTo(pairs.loss(choice), within(1e-6));
      assertThat(choice.loss()).isBetween(best - 1e-6, best + 0.01 * all);
      if (part < 0.8) {
        assertThat(choice.loss()).as("within %.4f", fraction).isLessThan(1.01 * best);
      }
    }
  }
}
