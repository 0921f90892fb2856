package io.github.dl4jbnfold.linearize.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One convolution with the padding p1 + s1·p2 in the place of two, position by position: it is
 * wrong exactly where the second convolution reads a position beyond the border of what is between
 * them at which the first, had it gone on, would have written something.
 */
class BorderPositionsTest {
  private static final double EXACT = 1e-12;
  // What is wrong is wrong by much more than rounding.
  private static final double DIFFERENT = 1e-9;

  /** What two convolutions read, by the definition of each. */
  private record Reads(Pair pair, long[] between) {
    static Reads of(Pair pair) {
      return new Reads(pair, pair.first().form().outputSizes(pair.sizes()));
    }

    /** Whether one convolution writes something else at a position of the output. */
    boolean differs(long... output) {
      boolean[] found = new boolean[1];
      Naive.forEach(
          kernel(pair.second()),
          tap -> {
            long[] position = position(pair.second(), output, tap);
            found[0] |= !isInside(position, between) && isWritten(position);
          });
      return found[0];
    }

    /** Whether the first convolution would have written something else than 0 there. */
    private boolean isWritten(long... position) {
      boolean[] found = {pair.first().hasBias()};
      Naive.forEach(
          kernel(pair.first()),
          tap -> found[0] |= isInside(position(pair.first(), position, tap), pair.sizes()));
      return found[0];
    }

    private static long[] kernel(Convolution convolution) {
      return convolution.axes().stream().mapToLong(Axis::kernel).toArray();
    }

    private static long[] position(Convolution reader, long[] output, long[] tap) {
      long[] position = new long[output.length];
      Arrays.setAll(
          position,
          i -> {
            Axis axis = reader.axes().get(i);
            return axis.stride() * output[i] + axis.dilation() * tap[i] - axis.before();
          });
      return position;
    }

    private static boolean isInside(long[] position, long... sizes) {
      return IntStream.range(0, sizes.length)
          .allMatch(i -> position[i] >= 0 && position[i] < sizes[i]);
    }
  }

  /** How many positions of an output are right and wrong, each where it should be. */
  private record Counted(int right, int wrong) {
    static Counted of(Pair pair) {
      INDArray apart = pair.apart();
      INDArray error = apart.sub(pair.merged());
      double scale = Math.max(1e-300, apart.amaxNumber().doubleValue());
      int[] count = new int[2];
      long[] positions = Arrays.copyOfRange(apart.shape(), 1, apart.rank());
      Reads reads = Reads.of(pair);
      Naive.forEach(
          positions,
          at -> {
            double worst = worst(error, at) / scale;
            boolean differs = reads.differs(at);
            count[differs ? 1 : 0]++;
            if (differs) {
              assertThat(worst).as("%s of %s", Arrays.toString(at), pair).isGreaterThan(DIFFERENT);
            } else {
              assertThat(worst).as("%s of %s", Arrays.toString(at), pair).isLessThan(EXACT);
            }
          });
      return new Counted(count[0], count[1]);
    }

    /** The largest magnitude over all channels. */
    private static double worst(INDArray error, long... position) {
      long[] at = new long[position.length + 1];
      System.arraycopy(position, 0, at, 1, position.length);
      double worst = 0;
      for (long channel = 0; channel < error.size(0); channel++) {
        at[0] = channel;
        worst = Math.max(worst, Math.abs(error.getDouble(at)));
      }
      return worst;
    }
  }

  @Test
  void of_400_random_pairs_one_convolution_is_wrong_where_the_rule_says_so_and_nowhere_else() {
    int right = 0;
    int wrong = 0;
    for (int seed = 0; seed < 400; seed++) {
      Pair random = Pair.random(20_000 + seed, 1 + seed % 2);
      Pair pair = seed % 3 == 0 ? random.withoutBias() : random;
      Counted counted = Counted.of(pair);
      // The rule takes axis by axis: it refuses, too, where an axis reads nothing but padding.
      if (!pair.isConstant()) {
        assertThat(counted.wrong() == 0)
            .as("seed %d: %s", seed, pair)
            .isEqualTo(pair.border() == Border.NONE);
      }
      right += counted.right();
      wrong += counted.wrong();
    }
    assertThat(Math.min(right, wrong)).as("%d right, %d wrong", right, wrong).isGreaterThan(1000);
  }

  @Test
  void of_the_same_pairs_with_the_padding_in_front_no_position_is_wrong() {
    for (int seed = 0; seed < 400; seed++) {
      Pair pair = Pair.random(20_000 + seed, 1 + seed % 2).paddedInFront();
      assertThat(Counted.of(pair).wrong()).as("seed %d", seed).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 124", "8, 28", "4, 12"})
  void two_padded_convolutions_of_3_by_3_lose_the_outermost_ring(int size, int wrong) {
    Random random = new Random(size);
    List<Axis> same = List.of(new Axis(3, 1, 1, 1, 1), new Axis(3, 1, 1, 1, 1));
    Pair pair =
        new Pair(
                Naive.random(random, 1, 2, 1, same),
                Naive.random(random, 2, 1, 1, same),
                Naive.normal(random, 1, size, size),
                new long[] {size, size})
            .withoutBias();

    assertThat(Counted.of(pair)).isEqualTo(new Counted(size * size - wrong, wrong));
    assertThat(Counted.of(pair.paddedInFront())).isEqualTo(new Counted(size * size, 0));
  }
}
