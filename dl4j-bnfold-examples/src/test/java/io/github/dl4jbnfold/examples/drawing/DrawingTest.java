package io.github.dl4jbnfold.examples.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Item;
import io.github.dl4jbnfold.examples.drawing.Drawing.Leaf;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Drawing.Region;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DrawingTest {
  private static Stream<Region> regions(Item item) {
    return item instanceof Region region
        ? Stream.concat(Stream.of(region), region.items().stream().flatMap(DrawingTest::regions))
        : Stream.empty();
  }

  private static List<Region> regions(Drawing drawing) {
    return drawing.items().stream().flatMap(DrawingTest::regions).toList();
  }

  @Test
  void five_hundred_layers_are_a_handful_of_boxes() {
    Drawing drawing = Sketch.residual(72, -1).drawing();
    assertThat(drawing.nodes()).hasSizeGreaterThan(500);
    assertThat(drawing.items()).hasSizeLessThan(15);
    assertThat(drawing.openAtFirst()).isEmpty();
  }

  @Test
  void a_small_network_is_shown_whole() {
    Drawing drawing = Sketch.residual(3, -1).drawing();
    assertThat(drawing.openAtFirst()).isEqualTo(drawing.regions()).isNotEmpty();
  }

  @Test
  void a_residual_block_is_a_region() {
    Drawing drawing = Sketch.residual(3, -1).drawing();
    assertThat(regions(drawing)).hasSize(3);
    assertThat(regions(drawing).get(1).nodes().map(Node::kind))
        .containsExactly("conv", "norm", "relu", "conv", "norm", "add", "relu");
    assertThat(regions(drawing).get(1).label()).isEqualTo("2 conv, 2 relu, add");
  }

  @Test
  void what_is_kept_is_in_no_region_and_the_other_blocks_are() {
    Drawing drawing = Sketch.residual(72, 30).drawing();
    assertThat(drawing.items())
        .anyMatch(item -> item instanceof Leaf leaf && leaf.node().name().equals("stays"));
    assertThat(drawing.items()).hasSizeLessThan(40);
    assertThat(regions(drawing))
        .allSatisfy(region -> assertThat(region.count(Status.KEPT)).isZero());
  }

  @Test
  void every_node_is_somewhere_once_whatever_the_network() {
    for (int seed = 0; seed < 60; seed++) {
      Drawing drawing = Sketch.random(10 + 4 * seed, seed).drawing();
      List<Integer> ids =
          drawing.items().stream().flatMap(Item::nodes).map(Node::id).sorted().toList();
      assertThat(ids).isEqualTo(IntStream.range(0, drawing.nodes().size()).boxed().toList());
    }
  }

  @Test
  void no_path_leaves_a_region_and_comes_back() {
    for (int seed = 0; seed < 60; seed++) {
      Drawing drawing = Sketch.random(10 + 4 * seed, seed).drawing();
      for (Region region : regions(drawing)) {
        Set<Integer> inside = region.nodes().map(Node::id).collect(Collectors.toSet());
        Set<Integer> behind = new HashSet<>();
        for (int id = 0; id < drawing.nodes().size(); id++) {
          int self = id;
          boolean left =
              drawing.edges().stream()
                  .filter(edge -> edge.to() == self)
                  .map(Edge::from)
                  .anyMatch(
                      from ->
                          behind.contains(from)
                              || (inside.contains(from) && !inside.contains(self)));
          if (left) {
            behind.add(id);
          }
        }
        assertThat(behind).doesNotContainAnyElementsOf(inside);
      }
    }
  }

  @Test
  void in_a_network_without_waists_chains_are_regions() {
    Sketch sketch = new Sketch();
    int x = sketch.node("image", "input", Status.INPUT);
    int[] ends = new int[3];
    for (int branch = 0; branch < 3; branch++) {
      int y = x;
      for (int i = 0; i < 16; i++) {
        y = sketch.node(i % 2 == 0 ? "conv" : "relu", y);
      }
      ends[branch] = y;
    }
    sketch.node("add", ends);
    assertThat(regions(sketch.drawing())).hasSize(3);
  }

  @Test
  void an_empty_network_is_drawn_too() {
    Sketch sketch = new Sketch();
    sketch.node("x", "input", Status.INPUT);
    assertThat(Svg.file(List.of(sketch.drawing()), Svg.Detail.FITTING)).contains("input");
  }
}
