package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Learning rates. */
class CosineScheduleTest {
  @Test
  void it_rises_in_a_line_and_falls_as_a_cosine() {
    CosineSchedule schedule = new CosineSchedule(0.4, 110, 10, 0.1);

    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.04, within(1e-15));
    assertThat(schedule.valueAt(4, 0)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.valueAt(9, 0)).isCloseTo(0.4, within(1e-15));
    assertThat(schedule.valueAt(10, 0)).isCloseTo(0.4, within(1e-15));
    assertThat(schedule.valueAt(60, 3)).isCloseTo(0.25, within(1e-15));
    assertThat(schedule.valueAt(110, 0)).isCloseTo(0.1, within(1e-15));
    assertThat(schedule.valueAt(5000, 0)).isCloseTo(0.1, within(1e-15));
    assertThat(new CosineSchedule(0.4, 10, 0, 0).valueAt(0, 0)).isEqualTo(0.4);
  }

  @Test
  void numbers_that_make_no_schedule_are_refused() {
    assertThatThrownBy(() -> new CosineSchedule(-1, 10, 0, 0)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new CosineSchedule(0.1, 10, 10, 0)).hasMessageContaining("10 of 10");
    assertThatThrownBy(() -> new CosineSchedule(0.1, 10, 0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_configuration_with_it_survives_its_JSON() {
    for (IUpdater updater :
        new IUpdater[] {
          new Nesterovs(new CosineSchedule(0.4, 110, 10, 1.0 / 3), 0.9),
          Updaters.scaled(new Adam(new CosineSchedule(0.4, 110, 10, 1.0 / 3)), 10)
        }) {
      MultiLayerConfiguration configuration =
          new NeuralNetConfiguration.Builder()
              .updater(updater)
              .list(new OutputLayer.Builder().nIn(2).nOut(2).build())
              .build();

      assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
    }
  }

  private static Stream<IUpdater> updaters() {
    return Stream.of(
        new Sgd(0.02),
        new Nesterovs(0.02, 0.8),
        new Adam(0.02),
        new RmsProp(0.02),
        new AdaGrad(0.02),
        new Sgd(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.02, 3, 0.01))),
        new AdaGrad(new CosineSchedule(0.02, 10, 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void the_rate_of_gates_follows_that_of_weights(IUpdater updater) {
    IUpdater scaled = Updaters.scaled(updater, 10);

    for (int iteration : new int[] {0, 4}) {
      for (int epoch : new int[] {0, 3}) {
        assertThat(scaled.getLearningRate(iteration, epoch))
            .isCloseTo(10 * updater.getLearningRate(iteration, epoch), within(1e-12));
      }
    }
    assertThat(scaled).hasSameClassAs(updater);
    assertThat(Updaters.copy(scaled)).isEqualTo(scaled);
    assertThat(Updaters.copy(updater)).isEqualTo(updater).isNotSameAs(updater);
    assertThat(Updaters.constant(updater, 4).getLearningRate(9, 0))
        .isEqualTo(updater.getLearningRate(4, 0));
  }

  @Test
  void an_updater_without_a_rate_stays_as_it_is() {
    assertThat(Updaters.scaled(new AdaDelta(), 10)).isEqualTo(new AdaDelta());
  }
}
