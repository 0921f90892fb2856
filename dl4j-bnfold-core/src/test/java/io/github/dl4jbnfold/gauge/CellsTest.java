package io.github.dl4jbnfold.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Channels that are always spoken of together share a cell. */
class CellsTest {
  private static Cells cut(Graph graph) {
    return Cells.cut(graph, demands -> graph.operators().forEach(o -> o.demand(demands)));
  }

  /** The lengths of the cells of a tensor. */
  private static List<Integer> lengths(Cells cells, Tensor tensor) {
    List<Integer> lengths = new ArrayList<>();
    for (int cell = 0; cell < cells.count(); cell++) {
      if (cells.tensor(cell).equals(tensor)) {
        lengths.add(cells.length(cell));
      }
    }
    return lengths;
  }

  @Test
  void a_tensor_without_slices_is_one_cell() {
    Sketch net = new Sketch();
    Tensor x = net.input(64);
    Tensor y = net.relu(x);
    Cells cells = cut(net.build());

    assertThat(cells.count()).isEqualTo(2);
    assertThat(lengths(cells, y)).containsExactly(64);
  }

  @Test
  void a_concatenation_is_cut_where_its_inputs_meet() {
    Sketch net = new Sketch();
    Tensor x = net.input(3);
    Tensor y = net.input(5);
    Tensor joined = net.concat(x, y);
    Cells cells = cut(net.build());

    assertThat(lengths(cells, joined)).containsExactly(3, 5);
    assertThat(lengths(cells, x)).containsExactly(3);
  }

  @Test
  void a_cut_travels_to_all_partners_in_both_directions() {
    Sketch net = new Sketch();
    Tensor x = net.input(8);
    Tensor before = net.relu(x);
    Tensor part = net.select(before, 2, 3, 4);
    Tensor behind = net.relu(part);
    Tensor wide = net.concat(behind, net.input(2));
    Tensor low = net.select(wide, 0);
    Cells cells = cut(net.build());

    assertThat(lengths(cells, low)).containsExactly(1);
    assertThat(lengths(cells, behind)).containsExactly(1, 2);
    assertThat(lengths(cells, before)).containsExactly(2, 1, 2, 3);
    assertThat(lengths(cells, x)).containsExactly(2, 1, 2, 3);
  }

  @Test
  void a_cut_does_not_pass_a_linear_operator() {
    Sketch net = new Sketch();
    Tensor x = net.input(8);
    Tensor y = net.linear(x, 8);
    net.select(y, 0, 1);
    Cells cells = cut(net.build());

    assertThat(lengths(cells, x)).containsExactly(8);
    assertThat(lengths(cells, y)).containsExactly(2, 6);
  }

  @Test
  void a_shuffle_cuts_into_runs_that_stay_together() {
    Sketch net = new Sketch();
    Tensor x = net.input(6);
    Tensor y = net.select(x, 0, 3, 1, 4, 2, 5);
    Cells cells = cut(net.build());

    assertThat(lengths(cells, y)).containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(lengths(cells, x)).containsExactly(1, 1, 1, 1, 1, 1);
  }

  @Test
  void slices_and_channels_are_found_again() {
    Sketch net = new Sketch();
    Tensor x = net.input(3);
    Tensor y = net.input(5);
    Tensor joined = net.concat(x, y);
    Cells cells = cut(net.build());

    int second = cells.first(joined.slice(3, 5));
    assertThat(cells.end(joined.all())).isEqualTo(second + 1);
    assertThat(cells.containing(joined.id(), 2)).isEqualTo(second - 1);
    assertThat(cells.containing(joined.id(), 7)).isEqualTo(second);
    assertThat(cells.start(second)).isEqualTo(3);
    assertThat(cells.channel(second, 1)).hasToString(joined + "[4]");
  }
}
