package io.github.dl4jbnfold.layers;

import static io.github.dl4jbnfold.layers.Gates.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/** What a gate pays for its activation, and the bounds of its α. */
class GatePenaltyTest {
  private static double score(GatePenalty penalty, double alpha) {
    return penalty.score(Nd4j.createFromArray(alpha), 0, 0);
  }

  private static double gradient(GatePenalty penalty, double alpha, double rate) {
    INDArray gradient = Nd4j.createFromArray(0.25);
    penalty.apply(Nd4j.createFromArray(alpha), gradient, rate, 0, 0);
    return gradient.getDouble(0) - 0.25;
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1", "0.3, 1.5", "0.3, 2", "2.5, 3"})
  void its_gradient_is_that_of_its_score(double weight, double power) {
    GatePenalty penalty = new GatePenalty(weight, power);
    for (double alpha : new double[] {1e-3, 0.2, 0.5, 0.9, 1 - 1e-3, 1.5}) {
      double difference = score(penalty, alpha + 1e-6) - score(penalty, alpha - 1e-6);
      assertThat(gradient(penalty, alpha, 0.1)).isCloseTo(difference / 2e-6, within(1e-7));
    }
    // At the bounds, that of the inside.
    double inside = (score(penalty, 1e-9) - score(penalty, 0)) / 1e-9;
    assertThat(gradient(penalty, 0, 0.1)).isCloseTo(inside, within(1e-4));
    inside = (score(penalty, 1) - score(penalty, 1 - 1e-7)) / 1e-7;
    assertThat(gradient(penalty, 1, 0.1)).isCloseTo(inside, within(1e-5));
  }

  @Test
  void it_is_a_part_of_the_loss_whatever_the_learning_rate() {
    GatePenalty penalty = new GatePenalty(0.5, 2);

    assertThat(penalty.applyStep()).isEqualTo(ApplyStep.BEFORE_UPDATER);
    assertThat(gradient(penalty, 0.5, 1e-3)).isEqualTo(gradient(penalty, 0.5, 10)).isEqualTo(-0.5);
    assertThat(score(penalty, 0)).isEqualTo(0.5);
    assertThat(score(penalty, 0.5)).isEqualTo(0.375);
    assertThat(score(penalty, 1)).isZero();
  }

  @Test
  void the_score_of_the_network_has_it() {
    DataSet data =
        new DataSet(
            Gates.vectors(Nd4j.defaultFloatingPointType()),
            Gates.labels(Nd4j.defaultFloatingPointType()));
    for (double power : new double[] {1, 2}) {
      MultiLayerNetwork without = Gates.network(Gates.double64(), gate(0.5).build());
      MultiLayerNetwork with = Gates.network(Gates.double64(), gate(0.5).penalty(3, power).build());

      double expected = 3 * (1 - Math.pow(0.5, power));
      assertThat(with.score(data, true) - without.score(data, true))
          .isCloseTo(expected, within(1e-12));
      with.fit(data);
      without.fit(data);
      assertThat(with.score() - without.score()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void json_keeps_it_and_the_bounds() throws JsonProcessingException {
    GatePenalty penalty = new GatePenalty(1.0 / 3, 1.5);

    String json = JsonMappers.getMapper().writeValueAsString(penalty);
    assertThat(JsonMappers.getMapper().readValue(json, Regularization.class))
        .isEqualTo(penalty)
        .hasSameHashCodeAs(penalty);
    json = JsonMappers.getMapper().writeValueAsString(new GateBounds());
    assertThat(JsonMappers.getMapper().readValue(json, LayerConstraint.class))
        .isEqualTo(new GateBounds())
        .hasSameHashCodeAs(new GateBounds());
    assertThat(penalty.clone()).isEqualTo(penalty).isNotSameAs(penalty);
    assertThat(penalty).hasToString("GatePenalty(weight=0.3333333333333333, power=1.5)");
    assertThat(penalty).isNotEqualTo(new GatePenalty(1.0 / 3, 2));
  }

  @Test
  void what_is_no_penalty_is_refused() {
    assertThatThrownBy(() -> new GatePenalty(-1, 2)).hasMessageContaining("weight of 0 or more");
    assertThatThrownBy(() -> new GatePenalty(Double.NaN, 2)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new GatePenalty(1, 0.5)).hasMessageContaining("infinite");
    assertThatThrownBy(() -> gate(0).penalty(1, 0)).hasMessageContaining("power of 1 or more");
  }

  @ParameterizedTest
  @CsvSource({"-0.3, 0", "0, 0", "0.4, 0.4", "1, 1", "1.7, 1"})
  void bounds_clamp_alpha_and_nothing_else(double alpha, double bounded) {
    MultiLayerNetwork network = Gates.network(Gates.double64(), gate(0.5).build());
    INDArray before = network.params().dup();
    Gates.setAlpha(network, alpha);

    network.applyConstraints(0, 0);
    new GateBounds().applyConstraint(network.getLayer(0), 0, 0);

    assertThat(Gates.alpha(network)).isEqualTo(bounded);
    Gates.setAlpha(network, 0.5);
    assertThat(network.params()).isEqualTo(before);
  }
}
