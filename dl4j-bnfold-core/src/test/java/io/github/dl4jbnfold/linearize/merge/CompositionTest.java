package io.github.dl4jbnfold.linearize.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two convolutions and the one in their place, against the definition, in float64. */
class CompositionTest {
  private static final double EXACT = 1e-12;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void one_convolution_with_all_padding_in_front_equals_two(int spatialAxes) {
    for (int seed = 0; seed < 150; seed++) {
      Pair pair = Pair.random(seed, spatialAxes).paddedInFront();
      assertThat(pair.error()).as("seed %d: %s", seed, pair).isLessThan(EXACT);
      assertThat(pair.border()).isEqualTo(Border.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void the_rule_says_exactly_when_one_convolution_with_padding_as_it_stands_equals_two(
      int spatialAxes) {
    int[] found = new int[Border.values().length];
    for (int seed = 0; seed < 300; seed++) {
      Pair pair = Pair.random(1000 + seed, spatialAxes);
      Border border = pair.border();
      found[border.ordinal()]++;
      assertThat(pair.error() < EXACT)
          .as("seed %d, border %s: %s", seed, border, pair)
          .isEqualTo(border == Border.NONE);
    }
    assertThat(found).as("pairs of each kind: %s", Arrays.toString(found)).doesNotContain(0);
  }

  @Test
  void where_only_the_bias_is_missing_the_difference_is_the_same_for_every_input() {
    int found = 0;
    for (int seed = 0; found < 20; seed++) {
      Pair pair = Pair.random(5000 + seed, 2);
      if (pair.border() == Border.BIAS) {
        found++;
        Pair zero = new Pair(pair.first(), pair.second(), pair.input().mul(0), pair.sizes());
        INDArray map = zero.apart().sub(zero.merged());
        assertThat(Naive.error(pair.apart(), pair.merged().add(map))).isLessThan(EXACT);
        assertThat(map.amaxNumber().doubleValue()).isGreaterThan(1e-3);
      }
    }
  }

  @Test
  void inside_the_border_one_convolution_always_equals_two() {
    Random random = new Random(7);
    List<Axis> same = List.of(new Axis(3, 1, 1, 1, 1), new Axis(3, 1, 1, 1, 1));
    Convolution first = Naive.random(random, 2, 3, 1, same);
    Convolution second = Naive.random(random, 3, 2, 1, same);
    Pair pair = new Pair(first, second, Naive.normal(random, 2, 8, 8), new long[] {8, 8});
    assertThat(pair.border()).isEqualTo(Border.RING);
    INDArray difference = pair.apart().sub(pair.merged());
    Naive.forEach(
        difference.shape(),
        at -> {
          boolean border = at[1] == 0 || at[1] == 7 || at[2] == 0 || at[2] == 7;
          assertThat(Math.abs(difference.getDouble(at)) > 1e-12)
              .as(Arrays.toString(at))
              .isEqualTo(border);
        });
  }

  @Test
  void depthwise_after_depthwise_stays_depthwise() {
    Random random = new Random(8);
    List<Axis> axes = List.of(new Axis(3, 1, 1, 1, 1), new Axis(3, 2, 1, 0, 1));
    Convolution first = Naive.random(random, 6, 6, 6, axes);
    Convolution second = Naive.random(random, 6, 12, 6, axes);
    assertThat(first.then(second).groups()).isEqualTo(6);
    assertThat(first.then(second).weights().shape()).containsExactly(12, 1, 5, 7);
  }

  @Test
  void a_dilation_that_both_kernels_share_stays() {
    Axis merged = new Axis(3, 1, 4, 0, 0).then(new Axis(2, 1, 6, 0, 0));
    assertThat(merged).isEqualTo(new Axis(8, 1, 2, 0, 0));
  }

  @Test
  void a_convolution_before_a_dense_layer_goes_into_it_borders_included() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      long[] sizes = {5 + random.nextInt(3), 5 + random.nextInt(3)};
      List<Axis> axes = Pair.axes(random, sizes);
      long[] middle = Pair.outputs(axes, sizes);
      Convolution first = Naive.random(random, 2, 3, 1, axes);
      Convolution flattened =
          Naive.random(
              random, 3, 4, 1, Arrays.stream(middle).mapToObj(CompositionTest::whole).toList());
      Pair pair = new Pair(first, flattened, Naive.normal(random, 2, sizes[0], sizes[1]), sizes);
      Convolution merged = first.then(flattened).croppedTo(sizes);
      assertThat(merged.weights().shape()).containsExactly(4, 2, sizes[0], sizes[1]);
      assertThat(Naive.error(pair.apart(), Naive.apply(merged, pair.input()))).isLessThan(EXACT);
    }
  }

  private static Axis whole(long size) {
    return new Axis((int) size, 1, 1, 0, 0);
  }

  @Test
  void an_average_and_a_normalization_are_convolutions() {
    Random random = new Random(9);
    List<Axis> axes = List.of(new Axis(2, 2, 1, 0, 0), new Axis(2, 2, 1, 1, 0));
    Convolution average = Convolution.average(3, axes);
    INDArray x = Naive.normal(random, 3, 4, 5);
    double corner = (x.getDouble(1, 0, 0) + x.getDouble(1, 1, 0)) / 4;
    assertThat(Naive.apply(average, x).getDouble(1, 0, 0)).isEqualTo(corner);
    Convolution norm = Convolution.diagonal(new double[] {2, 3, 4}, new double[] {-1, 0, 1}, 2);
    assertThat(Naive.apply(norm, x).getDouble(2, 3, 1)).isEqualTo(4 * x.getDouble(2, 3, 1) + 1);
  }
}
