package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two convolutions between which one would find a bias beyond the border: a map at the output makes
 * up for it, everywhere. Where it would find the input, nothing is merged.
 */
class BorderMapTest {
  private static final double EXACT = 1e-12;
  private static final int SEEDS = 15;

  /** Convolutions that read no input where the next one finds padding. */
  private enum First {
    POINT {
      @Override
      Node of(Node x, Random random) {
        return x.conv(2 + random.nextInt(3), 1, Padding.VALID, 1 + random.nextInt(2), 1, true);
      }
    },
    FULL {
      @Override
      Node of(Node x, Random random) {
        int kernel = 2 + random.nextInt(2);
        int dilation = 1 + random.nextInt(2);
        Padding full = Padding.of(dilation * (kernel - 1));
        return x.conv(2 + random.nextInt(3), kernel, full, 1, dilation, true);
      }
    },
    PATCHES {
      @Override
      Node of(Node x, Random random) {
        return x.conv(2 + random.nextInt(3), 2, Padding.VALID, 2, 1, true);
      }
    };

    abstract Node of(Node x, Random random);
  }

  private static Net net(int seed) {
    return seed % 2 == 0 ? Net.nchw(seed) : Net.nhwc(seed);
  }

  /** A convolution that pads. */
  private static Node second(Node x, Random random) {
    int kernel = 2 + random.nextInt(2);
    Padding padding = Padding.of(1 + random.nextInt(kernel - 1));
    return x.conv(1 + random.nextInt(3), kernel, padding, 1 + random.nextInt(2), 1, true);
  }

  @ParameterizedTest
  @EnumSource
  void a_bias_that_zero_padding_hides_becomes_a_map_that_is_exact_everywhere(First first) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      int size = 6 + 2 * random.nextInt(2);
      GatedGraph.of(
              net(seed),
              n -> second(first.of(n.image(3, size, size + 2), random).relu(), random).output())
          .linear()
          .leaves("conv2d", "add")
          .equalOutputs(EXACT);
    }
  }

  @Test
  void an_input_that_zero_padding_hides_keeps_them_apart() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      GatedGraph.of(
              net(seed),
              n -> {
                Node x = n.image(3, 8, 7).conv(3, 3, Padding.of(random.nextInt(2)), 1, 1, true);
                second(x.relu(), random).output();
              })
          .linear()
          .leaves("conv2d", "conv2d")
          .equalOutputs(EXACT);
    }
  }
}
