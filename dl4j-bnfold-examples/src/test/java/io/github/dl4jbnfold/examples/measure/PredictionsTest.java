package io.github.dl4jbnfold.examples.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class PredictionsTest {
  @Test
  void equal_logits_agree() {
    double[][] logits = {{1, 2, 3}, {3, 2, 1}};
    Predictions same = Predictions.compare(Nd4j.create(logits), Nd4j.create(logits));
    assertThat(same).isEqualTo(new Predictions(2, 0, 0, 0, 3));
    assertThat(same.relativeError()).isZero();
  }

  @Test
  void a_close_race_that_turns_is_a_tie_and_a_clear_one_a_change() {
    double[][] before = {{1.00, 1.01, 0}, {4, 2, 0}, {5, 0, 0}};
    double[][] after = {{1.02, 1.00, 0}, {2, 4, 0}, {5, 0, 0}};
    Predictions compared = Predictions.compare(Nd4j.create(before), Nd4j.create(after));
    assertThat(compared.largestError()).isCloseTo(2, within(1e-6));
    assertThat(compared.relativeError()).isCloseTo(0.4, within(1e-6));
    assertThat(compared.ties()).isEqualTo(1);
    assertThat(compared.changed()).isEqualTo(1);
  }

  @Test
  void a_nan_is_an_infinite_error() {
    Predictions compared =
        Predictions.compare(
            Nd4j.create(new double[][] {{1, 2}}), Nd4j.create(new double[][] {{1, Double.NaN}}));
    assertThat(compared.largestError()).isInfinite();
  }

  @Test
  void logits_of_different_shapes_cannot_be_compared() {
    assertThatThrownBy(() -> Predictions.compare(Nd4j.ones(2, 3), Nd4j.ones(3, 2)))
        .hasMessageContaining("different shapes");
  }

  @Test
  void accuracy_is_the_share_of_right_images() {
    double[][] logits = {{1, 2}, {2, 1}, {0, 5}, {5, 0}};
    assertThat(Predictions.accuracy(Nd4j.create(logits), new int[] {1, 0, 1, 1})).isEqualTo(0.75);
  }
}
