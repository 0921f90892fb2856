package io.github.dl4jbnfold.examples.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.examples.model.ShapeModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GraphViewTest {
  private static GraphView shapes() {
    return new GraphView(ShapeModel.load(), List.of(ShapeModel.LOGITS), Map.of());
  }

  @Test
  void parts_are_the_operators_that_the_outputs_need_and_what_they_read() {
    List<Part> parts = shapes().parts();
    assertThat(parts.stream().map(Part::name))
        .contains("norm_stem", ShapeModel.LOGITS)
        .doesNotContain(ShapeModel.PROBABILITIES);
    Part norm = parts.stream().filter(p -> p.name().equals("norm_stem")).findFirst().orElseThrow();
    assertThat(norm.inputs()).containsExactly("stem");
    assertThat(norm.parameters()).hasSize(4);
    assertThat(norm.isWeighty()).isFalse();
    Part stem = parts.stream().filter(p -> p.name().equals("stem")).findFirst().orElseThrow();
    assertThat(stem.kind()).isEqualTo("conv2d 3×3");
    assertThat(stem.isWeighty()).isTrue();
  }

  @Test
  void every_operator_takes_some_time_and_writes_something() {
    GraphView view = shapes();
    NetworkView.Walk walk = view.walk(view.sample(3, 5));
    for (Part part : view.parts()) {
      assertThat(walk.nanoseconds().get(part.name())).as(part.name()).isPositive();
      assertThat(walk.shapes().get(part.name())[0]).isEqualTo(3);
    }
    assertThat(walk.bytes()).isGreaterThan(3 * 8 * 16 * 16 * 4);
  }

  @Test
  void a_graph_that_takes_two_examples_only_gets_two() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable rows = graph.reshape("rows", x, graph.constant(Nd4j.createFromArray(2, 2, 2)));
    graph.math.tanh("y", rows);
    Map<String, INDArray> sample = new GraphView(graph, List.of(), Map.of()).sample(9, 3);
    assertThat(sample.get("x").shape()).containsExactly(2, 4);
  }
}
