package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random graphs of everything that a conversion knows, with random gates linear. */
class RandomConversionTest {
  private static Node step(Node x, Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0, 1 ->
          x.conv(
              2 + random.nextInt(4),
              1 + random.nextInt(3),
              random.nextBoolean() ? Padding.SAME : Padding.of(random.nextInt(3)),
              1 + random.nextInt(2),
              1,
              random.nextBoolean());
      case 2 -> x.conv(2 + random.nextInt(4), 1, Padding.VALID, 1, 1, random.nextBoolean());
      case 3 ->
          x.depthwise(
              1 + random.nextInt(2),
              1 + random.nextInt(3),
              random.nextBoolean() ? Padding.SAME : Padding.of(1));
      case 4 -> random.nextBoolean() ? x.relu() : x.sigmoid();
      case 5 -> random.nextBoolean() ? x.addConstant() : x.multiplyConstant();
      case 6 -> random.nextBoolean() ? x.avgPool(2, 1, 1) : x.maxPool(random.nextInt(2) + 1, 1, 0);
      default -> block(x, random, depth - 1);
    };
  }

  private static Node block(Node x, Random random, int depth) {
    int channels = x.channels();
    Node deep = x;
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      int k = 1 + 2 * random.nextInt(2);
      deep = deep.conv(1 + random.nextInt(5), k, Padding.SAME, 1, 1, random.nextBoolean());
      deep = random.nextBoolean() ? deep.relu() : deep;
      deep = depth > 0 && random.nextInt(4) == 0 ? block(deep, random, depth - 1) : deep;
    }
    deep = deep.conv(channels, 1, Padding.VALID, 1, 1, random.nextBoolean());
    Node shortcut =
        random.nextBoolean() ? x : x.conv(channels, 1, Padding.VALID, 1, 1, random.nextBoolean());
    return deep.add(random.nextInt(3) == 0 ? shortcut.relu() : shortcut);
  }

  private static void build(Net net, Random random) {
    Node x = net.image(3, 8 + random.nextInt(3), 8 + random.nextInt(3));
    int steps = 3 + random.nextInt(6);
    int halvings = 0;
    for (int i = 0; i < steps && halvings < 2; i++) {
      x = step(x, random, 2).relu();
      halvings += random.nextInt(4) == 0 ? 1 : 0;
    }
    if (random.nextBoolean()) {
      x = x.globalPool().dense(4).relu().dense(3);
    }
    x.output();
  }

  @Test
  void random_graphs_are_equal_after_their_conversion() {
    int merged = 0;
    for (int seed = 1; seed <= 40; seed++) {
      merged += merged(seed, false);
    }
    assertThat(merged).as("merges").isGreaterThan(40);
  }

  @Test
  void random_graphs_with_their_padding_in_front_are_equal_after_their_conversion() {
    int merged = 0;
    for (int seed = 101; seed <= 125; seed++) {
      merged += merged(seed, true);
    }
    assertThat(merged).as("merges").isGreaterThan(25);
  }

  private static int merged(int seed, boolean paddedInFront) {
    Random random = new Random(seed);
    Net net = seed % 2 == 0 ? Net.nchw(seed) : Net.nhwc(seed);
    GatedGraph gated;
    try {
      gated = GatedGraph.of(net, n -> build(n, random));
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
    gated.costs(random.nextBoolean() ? Costs.DEPTH : Costs.MULTIPLY_ADDS);
    String[] linear =
        new TreeSet<>(gated.names())
            .stream().filter(name -> random.nextInt(4) > 0).toArray(String[]::new);
    if (paddedInFront && linear.length > 0) {
      gated.paddedInFront(linear);
    }
    return gated.linear(linear).equalOutputs().converted().merges().size();
  }
}
