package io.github.dl4jbnfold.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** On a clock that only the jobs move. */
class TurnsTest {
  private static final long MILLISECOND = 1_000_000;

  private final Random random = new Random(7);
  private final List<String> order = new ArrayList<>();
  private final Turns turns = new Turns(this::now, this::now);
  private long now;

  private long now() {
    return now;
  }

  private Runnable job(String name, long nanoseconds) {
    return () -> {
      order.add(name);
      now += nanoseconds;
    };
  }

  @Test
  void the_difference_of_two_steady_jobs_is_exact() {
    assertThat(turns.difference(job("a", 3 * MILLISECOND), job("b", 5 * MILLISECOND)))
        .isEqualTo(2e-3);
  }

  @Test
  void the_jobs_run_in_turns() {
    turns.difference(job("a", MILLISECOND), job("b", MILLISECOND));
    for (int i = 0; i < order.size(); i++) {
      assertThat(order.get(i)).isEqualTo(i % 2 == 0 ? "a" : "b");
    }
  }

  @Test
  void disturbances_of_half_of_the_runs_do_not_count() {
    double difference =
        turns.difference(
            () -> now += MILLISECOND + disturbance(), () -> now += 2 * MILLISECOND + disturbance());
    assertThat(difference).isCloseTo(1e-3, within(1e-5));
  }

  private long disturbance() {
    return random.nextBoolean() ? 0 : (1 + random.nextInt(9)) * MILLISECOND;
  }

  @Test
  void runs_before_the_job_has_become_quick_do_not_count() {
    long[] slow = {60};
    double difference =
        turns.difference(
            job("a", MILLISECOND / 2), () -> now += MILLISECOND + slow(slow) * MILLISECOND / 20);
    assertThat(difference).isCloseTo(0.5e-3, within(5e-5));
  }

  private static long slow(long[] left) {
    left[0] = Math.max(0, left[0] - 1);
    return left[0];
  }

  @Test
  void a_longer_job_that_takes_less_differs_by_nothing() {
    assertThat(turns.difference(job("a", 5 * MILLISECOND), job("b", 3 * MILLISECOND))).isZero();
    assertThat(turns.difference(job("a", MILLISECOND), job("b", MILLISECOND))).isZero();
  }

  @Test
  void patience_ends_with_jobs_that_never_agree() {
    double difference =
        turns.difference(job("a", 0), () -> now += (1 + random.nextInt(100)) * MILLISECOND);
    assertThat(difference).isBetween(0.001, 0.1);
    assertThat(now).isLessThan(1500 * MILLISECOND);
  }

  @Test
  void a_job_of_many_seconds_runs_a_few_times_only() {
    assertThat(turns.estimate(job("a", 3000 * MILLISECOND))).isEqualTo(3000 * MILLISECOND);
    turns.difference(job("a", MILLISECOND), job("b", 3000 * MILLISECOND));
    assertThat(order.stream().filter("b"::equals)).hasSize(1);
    assertThat(order.stream().filter("a"::equals)).hasSize(3);
  }

  @Test
  void jobs_that_no_clock_can_tell_apart_come_to_an_end() {
    long[] wall = {0};
    Turns blind = new Turns(() -> 0, () -> wall[0]);
    assertThat(blind.difference(() -> wall[0] += MILLISECOND, () -> wall[0] += MILLISECOND))
        .isZero();
    assertThat(blind.estimate(() -> wall[0] += MILLISECOND)).isEqualTo(1);
  }

  @Test
  void the_lower_quartile_lies_between_its_neighbours() {
    assertThat(Turns.lowerQuartile(List.of(5L))).isEqualTo(5);
    assertThat(Turns.lowerQuartile(List.of(4L, 2L))).isEqualTo(2.5);
    assertThat(Turns.lowerQuartile(List.of(5L, 1L, 4L, 2L, 3L))).isEqualTo(2);
  }
}
