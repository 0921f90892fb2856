package io.github.dl4jbnfold.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.gauge.Conflict.Kind;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ratios of scales, one per channel, in a forest that can be rolled back. */
class ScaleForestTest {
  private static final double[] TWO_THREE = {2, 3};

  @Test
  void a_ratio_is_the_product_of_the_ratios_on_the_way() {
    ScaleForest forest = new ScaleForest(4);
    forest.tie(0, TWO_THREE, 1, 2);
    forest.tie(3, new double[] {5, -1}, 2, 2);
    forest.tie(1, new double[] {0.5, 4}, 2, 2);

    assertThat(forest.ratio(0, 3)).containsExactly(2 * 0.5 / 5, 3 * 4 / -1.0);
    assertThat(forest.root(0)).isEqualTo(forest.root(3));
  }

  @Test
  void a_second_path_with_the_same_product_holds() {
    ScaleForest forest = new ScaleForest(3);
    forest.tie(0, TWO_THREE, 1, 2);
    forest.tie(1, TWO_THREE, 2, 2);

    assertThat(forest.tie(0, new double[] {4, 9}, 2, 2).holds()).isTrue();
  }

  @Test
  void a_second_path_with_another_product_fails_at_the_channel_that_differs() {
    ScaleForest forest = new ScaleForest(3);
    forest.tie(0, TWO_THREE, 1, 2);
    forest.tie(1, TWO_THREE, 2, 2);

    ScaleForest.Outcome outcome = forest.tie(0, new double[] {4, 8}, 2, 2);

    assertThat(outcome.holds()).isFalse();
    assertThat(outcome.channel()).isEqualTo(1);
    assertThat(outcome.kind()).isEqualTo(Kind.SCALE);
  }

  @Test
  void paths_that_differ_by_rounding_hold_and_by_more_do_not() {
    ScaleForest forest = new ScaleForest(2);
    forest.tie(0, new double[] {1.0 / 3}, 1, 1);

    assertThat(forest.tie(0, new double[] {(1 + 4e-16) / 3}, 1, 1).holds()).isTrue();
    assertThat(forest.tie(0, new double[] {(1 + 1e-8) / 3}, 1, 1).holds()).isFalse();
  }

  @Test
  void two_fixed_cells_can_only_be_tied_by_one() {
    ScaleForest forest = new ScaleForest(2);
    forest.fix(0, 2);
    forest.fix(1, 2);

    assertThat(forest.tie(0, null, 1, 2).holds()).isTrue();
    assertThat(forest.tie(0, new double[] {1, 7}, 1, 2).channel()).isEqualTo(1);
  }

  @Test
  void a_fixed_cell_gives_its_class_values() {
    ScaleForest forest = new ScaleForest(3);
    forest.tie(0, TWO_THREE, 1, 2);
    forest.fix(1, 2);

    double[] value = forest.value(forest.root(0));
    double[] relative = forest.find(0).ratio();
    for (int i = 0; i < 2; i++) {
      assertThat(value[i] * Vectors.at(relative, i)).isEqualTo(TWO_THREE[i], within(1e-15));
    }
    assertThat(forest.fix(0, 2).holds()).isFalse();
  }

  @Test
  void a_negative_ratio_between_two_positive_cells_is_a_conflict_of_signs() {
    ScaleForest forest = new ScaleForest(2);
    forest.positive(0, 2);
    forest.positive(1, 2);

    ScaleForest.Outcome outcome = forest.tie(0, new double[] {2, -3}, 1, 2);

    assertThat(outcome.channel()).isEqualTo(1);
    assertThat(outcome.kind()).isEqualTo(Kind.SIGN);
  }

  @Test
  void a_positive_demand_on_a_cell_that_is_fixed_negative_is_a_conflict_of_signs() {
    ScaleForest forest = new ScaleForest(2);
    forest.tie(0, new double[] {-2}, 1, 1);
    forest.fix(1, 1);

    assertThat(forest.positive(1, 1).holds()).isTrue();
    assertThat(forest.positive(0, 1).kind()).isEqualTo(Kind.SIGN);
  }

  @Test
  void a_class_may_be_negative_where_nothing_demands_a_sign() {
    ScaleForest forest = new ScaleForest(3);
    forest.positive(0, 1);

    assertThat(forest.tie(0, new double[] {-2}, 1, 1).holds()).isTrue();
    assertThat(forest.tie(2, new double[] {-1}, 1, 1).holds()).isTrue();
    assertThat(forest.positive(2, 1).holds()).isTrue();
    assertThat(forest.positive(1, 1).holds()).isFalse();
  }

  @Test
  void rolling_back_restores_classes_ratios_values_and_signs() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      int cells = 8;
      ScaleForest forest = new ScaleForest(cells);
      disturb(forest, cells, random);
      String before = state(forest, cells);
      int mark = forest.mark();

      disturb(forest, cells, random);
      forest.rollback(mark);

      assertThat(state(forest, cells)).as("round " + round).isEqualTo(before);
      assertThat(forest.mark()).isEqualTo(mark);
    }
  }

  private static void disturb(ScaleForest forest, int cells, Random random) {
    for (int i = 0; i < 6; i++) {
      int x = random.nextInt(cells);
      int y = random.nextInt(cells);
      switch (random.nextInt(5)) {
        case 0 -> forest.fix(x, 2);
        case 1 -> forest.positive(x, 2);
        case 2 -> forest.tie(x, null, y, 2);
        default -> forest.tie(x, new double[] {random.nextGaussian(), 2}, y, 2);
      }
    }
  }

  private static String state(ScaleForest forest, int cells) {
    StringBuilder text = new StringBuilder();
    for (int cell = 0; cell < cells; cell++) {
      ScaleForest.Position at = forest.find(cell);
      text.append(at.root())
          .append(Arrays.toString(at.ratio()))
          .append(Arrays.toString(forest.value(at.root())))
          .append(Arrays.toString(forest.sign(at.root())))
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void a_chain_of_twenty_thousand_ties_is_followed_without_recursion() {
    int cells = 20_000;
    ScaleForest forest = new ScaleForest(cells);
    for (int cell = 1; cell < cells; cell++) {
      assertThat(forest.tie(cell, new double[] {cell % 2 == 0 ? 2 : 0.5}, cell - 1, 1).holds())
          .isTrue();
    }
    assertThat(forest.ratio(cells - 1, 0)).containsExactly(0.5);
    assertThat(forest.tie(cells - 1, null, 0, 1).holds()).isFalse();
    forest.rollback(0);
    assertThat(forest.root(cells - 1)).isEqualTo(cells - 1);
  }
}
