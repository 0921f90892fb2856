package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.network.EndPoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("nightly")
class ShapeFoldingTest {
  private static final long STEPS = 120;

  private static ShapeFolding shapes;

  @BeforeAll
  static void train() {
    shapes = ShapeFolding.trained(1, 300);
    assertThat(shapes.accuracy()).isGreaterThan(0.7);
  }

  @Test
  void without_training_the_line_of_least_squares_loses_less_than_the_identity() {
    double identity = shapes.withoutTraining(EndPoint.IDENTITY, 1);
    double closedForm = shapes.withoutTraining(EndPoint.CLOSED_FORM, 1);
    double leastSquares = shapes.withoutTraining(EndPoint.LEAST_SQUARES, 1);

    assertThat(leastSquares).isGreaterThan(identity).isLessThan(shapes.accuracy());
    assertThat(closedForm).isGreaterThan(identity);
  }

  @Test
  void the_larger_the_penalty_the_more_activations_become_linear() {
    int few = shapes.folded(0.1, 10, 0.001, STEPS).linear().size();
    int many = shapes.folded(0.1, 10, 3, STEPS).linear().size();

    assertThat(few).isZero();
    assertThat(many).isGreaterThanOrEqualTo(3);
  }

  @Test
  void gates_that_start_at_0_and_learn_no_faster_than_the_weights_stay_there() {
    assertThat(shapes.folded(0, 1, 0.25, STEPS).linear()).isEmpty();
  }
}
