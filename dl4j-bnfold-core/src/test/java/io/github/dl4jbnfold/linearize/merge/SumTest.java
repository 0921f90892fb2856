package io.github.dl4jbnfold.linearize.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Branches that are added, and one convolution in their place, in float64. */
class SumTest {
  private static final double EXACT = 1e-12;
  private static final Axis SAME = new Axis(3, 1, 1, 1, 1);

  private static void assertSum(Random random, List<Convolution> branches, long... sizes) {
    Convolution sum = Convolution.sum(branches, sizes).orElseThrow();
    INDArray x = Naive.normal(random, branches.get(0).inputs(), sizes[0], sizes[1]);
    INDArray apart =
        branches.stream().map(b -> Naive.apply(b, x)).reduce(INDArray::add).orElseThrow();
    assertThat(Naive.error(apart, Naive.apply(sum, x))).isLessThan(EXACT);
  }

  @Test
  void an_identity_is_one_tap_of_the_kernel_beside_it() {
    Random random = new Random(1);
    Convolution kernel = Naive.random(random, 4, 4, 1, List.of(SAME, new Axis(5, 1, 1, 3, 1)));
    assertSum(random, List.of(kernel, Convolution.identity(4, 2)), 6, 7);
  }

  @Test
  void an_identity_beside_a_kernel_without_a_tap_for_it_makes_the_kernel_larger() {
    Random random = new Random(2);
    List<Axis> dilated = List.of(new Axis(2, 1, 2, 1, 1), new Axis(2, 1, 3, 2, 1));
    Convolution kernel = Naive.random(random, 3, 3, 1, dilated);
    Convolution identity = Convolution.identity(3, 2);
    assertThat(Convolution.sum(List.of(kernel, identity), 6, 6).orElseThrow().axes())
        .containsExactly(new Axis(3, 1, 1, 1, 1), new Axis(4, 1, 1, 2, 1));
    assertSum(random, List.of(kernel, identity), 6, 6);
  }

  @Test
  void a_kernel_stays_dilated_where_the_identity_meets_one_of_its_taps() {
    Random random = new Random(3);
    Axis dilated = new Axis(3, 1, 2, 2, 2);
    Convolution kernel = Naive.random(random, 3, 3, 1, List.of(dilated, dilated));
    Convolution sum =
        Convolution.sum(List.of(kernel, Convolution.identity(3, 2)), 6, 6).orElseThrow();
    assertThat(sum.axes()).containsExactly(dilated, dilated);
    assertSum(random, List.of(kernel, Convolution.identity(3, 2)), 6, 6);
  }

  @Test
  void a_projection_goes_on_by_the_same_stride() {
    Random random = new Random(4);
    Axis strided = new Axis(3, 2, 1, 1, 1);
    Axis projected = new Axis(1, 2, 1, 0, 0);
    Convolution kernel = Naive.random(random, 4, 8, 1, List.of(strided, strided));
    Convolution point = Naive.random(random, 4, 8, 1, List.of(projected, projected));
    assertSum(random, List.of(kernel, point), 8, 7);
    assertThat(Convolution.sum(List.of(kernel, Convolution.identity(4, 2)), 8, 8)).isEmpty();
  }

  @Test
  void three_branches_of_random_geometry() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int stride = 1 + random.nextInt(2);
      int slack = -random.nextInt(3);
      List<Convolution> branches =
          java.util.stream.Stream.generate(() -> axes(random, stride, slack))
              .limit(3)
              .map(axes -> Naive.random(random, 4, 4, 1 << random.nextInt(3), axes))
              .toList();
      assertSum(random, branches, 6 + random.nextInt(3), 6 + random.nextInt(3));
    }
  }

  private static List<Axis> axes(Random random, int stride, int slack) {
    return List.of(axis(random, stride, slack), axis(random, stride, slack));
  }

  /** A random axis that writes as many positions as others of the same stride and slack. */
  private static Axis axis(Random random, int stride, int slack) {
    while (true) {
      Axis bare = new Axis(1 + random.nextInt(3), stride, 1 + random.nextInt(3), 0, 0);
      int padding = slack + bare.extent();
      if (padding >= 0) {
        int before = random.nextInt(padding + 1);
        return bare.padded(before, padding - before);
      }
    }
  }
}
