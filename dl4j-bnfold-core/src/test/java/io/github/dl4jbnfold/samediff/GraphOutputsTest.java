package io.github.dl4jbnfold.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Which variables keep their values where the user and the graph name none. */
class GraphOutputsTest {
  /** Of two parts one is read, and the other is a result. */
  private static void split(Net net, int axis) {
    Node x = net.image(3, 8, 8).conv(4, 1, Padding.VALID);
    SDVariable[] parts = net.graph().split(new String[] {"p", "q"}, x.variable(), 2, axis);
    net.node(parts[0], axis == 1 ? 2 : 4).batchNorm().sigmoid();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void an_unread_part_is_an_output_though_the_other_part_is_read(int axis) {
    Fold fold = Fold.nchw(net -> split(net, axis));

    assertThat(fold.report().outputs()).containsExactlyInAnyOrder("q", "sigmoid");
    fold.equalOutputs();
  }

  @Test
  void what_the_user_asks_for_is_all_that_is_preserved() {
    Fold fold = Fold.of(Net.nchw(1), net -> split(net, 2), options -> options.outputs("sigmoid"));

    assertThat(fold.report().outputs()).containsExactly("sigmoid");
    fold.removesAll().equalOutputs();
  }

  @Test
  void what_the_graph_declares_is_all_that_is_preserved() {
    Net net = Net.nchw(1);
    split(net, 2);
    SameDiff graph = net.graph();
    graph.setOutputs("sigmoid");

    assertThat(GraphOutputs.of(graph, java.util.List.of())).containsExactly("sigmoid");
  }
}
