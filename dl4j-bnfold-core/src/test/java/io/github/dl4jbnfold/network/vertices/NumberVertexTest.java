package io.github.dl4jbnfold.network.vertices;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vertices that multiply by one number or add one number. */
class NumberVertexTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  @ParameterizedTest
  @EnumSource
  void numbers_behind_a_norm_go_with_it(CNN2DFormat format) {
    NetworkFold fold =
        Mesh.of(InputType.convolutional(5, 4, 3, format))
            .conv("a", 4, "x")
            .norm("n", "a")
            .vertex("times", new ScaleVertex(-0.7), "n")
            .vertex("plus", new ShiftVertex(0.3), "times")
            .wall("out", "plus")
            .removesAll();

    assertThat(((ComputationGraph) fold.after()).getConfiguration().getVertices())
        .containsOnlyKeys("a", "out");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_norm_goes_forward_through_numbers_that_are_frozen_or_not(boolean frozen) {
    ScaleVertex scale = new ScaleVertex(2);
    ShiftVertex shift = new ShiftVertex(0.3);
    Mesh.of(VECTORS)
        .inner("s", "x")
        .norm("n", "s")
        .vertex("times", frozen ? new FrozenVertex(scale) : scale, "n")
        .vertex("plus", frozen ? new FrozenVertex(shift) : shift, "times")
        .dense("d", 2, "plus")
        .wall("out", "d")
        .removesAll();
  }

  @Test
  void a_number_that_must_stay_goes_on_with_one_number() {
    // Between walls the norm cannot become one number, so it must not be absorbed by one.
    for (boolean scales : new boolean[] {true, false}) {
      Mesh.of(VECTORS)
          .inner("s", "x")
          .norm("n", "s")
          .vertex("v", scales ? new ScaleVertex(2) : new ShiftVertex(0.5), "n")
          .wall("out", "v")
          .keeps("n", Reason.SCALE_CONFLICT);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_number_that_stays_absorbs_a_scale_of_one_channel(boolean frozen) {
    ScaleVertex scale = new ScaleVertex(3);
    NetworkFold fold =
        Mesh.of(InputType.feedForward(1))
            .inner("s", "x")
            .norm("n", "s")
            .vertex("v", frozen ? new FrozenVertex(scale) : scale, "n")
            .wall("out", "v")
            .centred()
            .removesAll();

    assertThat(scale.getScaleFactor()).as("of the original").isEqualTo(3);
    assertThat(((ComputationGraph) fold.after()).getConfiguration().getVertices().get("v"))
        .isInstanceOf(frozen ? FrozenVertex.class : ScaleVertex.class)
        .isNotEqualTo(scale);
  }

  @Test
  void a_number_whose_name_is_an_output_becomes_a_multiplication_by_one() {
    NetworkFold fold =
        Mesh.of(VECTORS)
            .dense("a", 4, "x")
            .norm("n", "a")
            .output("times", new ScaleVertex(2), "n")
            .removesAll();

    assertThat(((ComputationGraph) fold.after()).getConfiguration().getVertices().get("times"))
        .isEqualTo(new ScaleVertex(1));
  }

  @Test
  void a_norm_that_stays_absorbs_a_number() {
    NetworkFold fold =
        Mesh.of(VECTORS)
            .inner("s", "x")
            .norm("n", "s")
            .vertex("v", new ShiftVertex(0.5), "n")
            .norm("m", "v")
            .wall("out", "m")
            .removes(1);

    assertThat(fold.report().kept()).hasSize(1);
  }

  @Test
  void a_number_of_a_sum_passes_only_what_is_equal() {
    Mesh.of(VECTORS)
        .dense("a", 4, "x")
        .norm("n", "a")
        .vertex("times", new ScaleVertex(0.1), "n")
        .dense("b", 4, "x")
        .vertex(
            "v",
            new org.deeplearning4j.nn.conf.graph.ElementWiseVertex(
                org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op.Add),
            "times",
            "b")
        .norm("m", "v")
        .wall("out", "m")
        .removesAll();
  }

  @Test
  void numbers_alone_between_walls_stay_as_they_are() {
    Mesh.of(VECTORS)
        .inner("s", "x")
        .vertex("times", new ScaleVertex(0.1), "s")
        .vertex("plus", new ShiftVertex(3), "times")
        .wall("out", "plus")
        .removes(0);
  }

  @Test
  void multiplication_by_zero_keeps_its_function() {
    Mesh.of(VECTORS)
        .dense("a", 4, "x")
        .vertex("times", new ScaleVertex(0), "a")
        .norm("n", "times")
        .dense("d", 2, "n")
        .wall("out", "d")
        .removesAll();
  }
}
