package io.github.dl4jbnfold.examples.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.drawing.Level.Box;
import io.github.dl4jbnfold.examples.drawing.Level.Link;
import io.github.dl4jbnfold.examples.drawing.Placement.Extent;
import io.github.dl4jbnfold.examples.drawing.Placement.Spot;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static void check(Level level, Extent extent) {
    for (List<Box> layer : level.layers()) {
      for (int i = 0; i < layer.size(); i++) {
        Spot spot = extent.spot(layer.get(i));
        assertThat(spot.x() - spot.left()).isGreaterThanOrEqualTo(extent.left());
        assertThat(spot.x() + spot.right()).isLessThanOrEqualTo(extent.right());
        assertThat(spot.y() + spot.height()).isLessThanOrEqualTo(extent.height() + 1e-9);
        if (i > 0) {
          Spot before = extent.spot(layer.get(i - 1));
          assertThat(spot.x() - spot.left())
              .isGreaterThanOrEqualTo(before.x() + before.right() + 1);
        }
        if (spot.inside() != null && layer.get(i).inside() != null) {
          check(layer.get(i).inside(), spot.inside());
          assertThat(spot.inside().width()).isLessThan(spot.width());
          assertThat(spot.inside().height()).isLessThan(spot.height());
        }
      }
    }
    for (Link link : level.links()) {
      for (int i = 1; i < link.boxes().size(); i++) {
        assertThat(extent.spot(link.boxes().get(i)).top())
            .isGreaterThan(extent.spot(link.boxes().get(i - 1)).bottom());
      }
    }
  }

  @Test
  void boxes_never_overlap_and_links_go_down_open_or_closed() {
    for (int seed = 0; seed < 40; seed++) {
      Drawing drawing = Sketch.random(10 + 5 * seed, seed).drawing();
      Level level = Level.of(drawing);
      check(level, new Placement(Set.of()).of(level));
      check(level, new Placement(drawing.regions()).of(level));
    }
  }

  @Test
  void a_chain_is_straight() {
    Sketch sketch = new Sketch();
    int x = sketch.node("image", "input", Status.INPUT);
    for (int i = 0; i < 6; i++) {
      x = sketch.node("kind of a long name " + i, x);
    }
    Level level = Level.of(sketch.drawing());
    Extent extent = new Placement(Set.of()).of(level);
    for (Link link : level.links()) {
      assertThat(extent.path(link)).doesNotContain("C");
    }
  }

  @Test
  void branches_side_by_side_are_straight() {
    Sketch sketch = new Sketch();
    int x = sketch.node("image", "input", Status.INPUT);
    int one = sketch.node("relu of a long name", sketch.node("conv", x));
    int two = sketch.node("relu", sketch.node("conv", sketch.node("norm of a long name", x)));
    int three = sketch.node("pool", x);
    sketch.node("merge", one, two, three);
    Level level = Level.of(sketch.drawing());
    Extent extent = new Placement(Set.of()).of(level);
    for (Link link : level.links()) {
      Box first = link.boxes().get(0);
      Box last = link.boxes().get(link.boxes().size() - 1);
      boolean fork = level.layers().get(0).contains(first);
      boolean join = level.layers().get(level.layers().size() - 1).contains(last);
      if (!fork && !join) {
        assertThat(extent.path(link)).doesNotContain("C");
      }
    }
  }

  @Test
  void an_open_region_moves_what_is_below_it_down() {
    Drawing drawing = Sketch.residual(3, -1).drawing();
    Level level = Level.of(drawing);
    Box last = level.layers().get(level.layers().size() - 1).get(0);
    double closed = new Placement(Set.of()).of(level).spot(last).y();
    double open = new Placement(Set.of(0)).of(level).spot(last).y();
    assertThat(open).isGreaterThan(closed + 200);
  }
}
