package io.github.dl4jbnfold.examples.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.measure.InterleavedTimes.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavedTimesTest {
  @Test
  void a_median_is_the_middle_and_quartiles_lie_between_neighbours_in_proportion() {
    assertThat(Spread.of(3, 1, 100)).isEqualTo(new Spread(2, 3, 51.5));
    assertThat(Spread.of(4, 1, 100, 2)).isEqualTo(new Spread(1.75, 3, 28));
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void jobs_run_in_turns() {
    StringBuilder order = new StringBuilder();
    InterleavedTimes.measure(
        List.of(() -> order.append('a'), () -> order.append('b'), () -> order.append('c')),
        4,
        System::nanoTime);
    assertThat(order.toString()).matches("(abc){7}");
    order.setLength(0);
    PairTimes.measure(() -> order.append('a'), () -> order.append('b'), 4);
    assertThat(order.toString()).matches("(ab){7}");
  }

  @Test
  void a_moment_that_slows_both_jobs_leaves_their_ratio() {
    InterleavedTimes times = InterleavedTimes.of(new double[][] {{10, 40, 20}, {5, 20, 10}});
    assertThat(times.ratio(1, 0)).isEqualTo(new Spread(0.5, 0.5, 0.5));
    assertThat(times.milliseconds(0).median()).isEqualTo(20);
  }
}
