package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Networks of many norms that took time beyond all measure to plan. The limits are generous: what
 * fails them takes many times as long.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlanningTimeTest {
  private static final int CHANNELS = 4;

  private final Random random = new Random(3);

  private Tensor norm(Sketch sketch, Tensor x, DoubleSupplier scale) {
    double[] s = new double[CHANNELS];
    double[] t = new double[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      s[i] = scale.getAsDouble();
      t[i] = random.nextGaussian();
    }
    return sketch.norm(x, s, t);
  }

  /** Blocks x + conv(ReLU(BN(x))) on one stream. */
  private Sketch residual(int norms, DoubleSupplier scale) {
    Sketch sketch = new Sketch();
    Tensor x = sketch.padded(sketch.input(CHANNELS), CHANNELS);
    for (int i = 0; i < norms; i++) {
      x = sketch.add(x, sketch.padded(sketch.relu(norm(sketch, x, scale)), CHANNELS));
    }
    sketch.output(x);
    return sketch;
  }

  private static Plan plan(Sketch sketch, Limits limits, Objective objective) {
    return Planner.plan(sketch.build(), limits, name -> false, objective);
  }

  @Test
  void five_hundred_norms_that_all_stay_are_explained() {
    Sketch sketch = residual(500, () -> -1 + 0.1 * random.nextGaussian());

    Plan plan = plan(sketch, Limits.FLOAT64, Objective.NO_NEW_OPERATORS);

    assertThat(plan.batchNorms()).isEqualTo(500);
    assertThat(plan.kept()).isNotEmpty().allSatisfy(kept -> assertThat(kept.detail()).isNotBlank());
  }

  @Test
  void of_two_thousand_norms_five_hundred_ill_conditioned_ones_stay() {
    boolean[] ill = {false};
    int[] channel = {0};
    Sketch sketch =
        residual(
            2000,
            () -> {
              ill[0] = channel[0]++ % CHANNELS == 0 ? random.nextInt(4) == 0 : ill[0];
              return ill[0] ? 1e-6 : 1 + random.nextDouble();
            });

    Plan plan = plan(sketch, Limits.FLOAT32, Objective.FEWEST_BATCH_NORMS);

    long kept = plan.kept().stream().filter(k -> k.reason() == Reason.ILL_CONDITIONED).count();
    assertThat(kept).isBetween(400L, 600L);
    assertThat(plan.removedBatchNorms()).hasSize((int) (2000 - kept));
  }

  @Test
  void of_three_thousand_norms_in_a_row_one_stays() {
    Sketch sketch = new Sketch();
    Tensor x = sketch.input(CHANNELS);
    for (int i = 0; i < 3000; i++) {
      x = norm(sketch, x, () -> 1 + 0.1 * random.nextGaussian());
    }
    sketch.output(x);

    Plan plan = plan(sketch, Limits.FLOAT64, Objective.FEWEST_BATCH_NORMS);

    assertThat(plan.removedBatchNorms()).hasSize(2999);
  }
}
