package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Costs that are measured. Which is larger is a matter of the machine, and no test's. */
class MeasuredCostsTest {
  private final MeasuredCosts costs = MeasuredCosts.onThisMachine(DataType.FLOAT, 2);

  private void assertMeasured(Form form, long... sizes) {
    double cost = costs.convolution(form, sizes);
    assertThat(cost).isNotNegative().isFinite();
    assertThat(costs.convolution(form, sizes)).as("asked again").isEqualTo(cost);
  }

  @Test
  void convolutions_of_every_dimension_and_kind() {
    Axis same = new Axis(3, 1, 1, 1, 1);
    assertMeasured(new Form(4, 8, 1, List.of()));
    assertMeasured(new Form(4, 8, 1, List.of(same)), 9);
    assertMeasured(new Form(4, 8, 1, List.of(same, same)), 9, 8);
    assertMeasured(new Form(4, 8, 4, List.of(same, same)), 9, 8);
    assertMeasured(new Form(4, 8, 1, List.of(same, same, same)), 5, 6, 7);
  }

  @Test
  void padding_that_has_a_layer_of_its_own() {
    Axis asymmetric = new Axis(3, 2, 1, 0, 1);
    assertMeasured(new Form(4, 8, 1, List.of(asymmetric, asymmetric)), 8, 8);
    assertThat(costs.known()).hasSize(1);
  }

  @Test
  void activations() {
    assertThat(costs.elementwise(4, 1, 8, 8)).isNotNegative().isFinite();
  }
}
