package io.github.dl4jbnfold.examples.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

class SpiralsTest {
  @Test
  void the_same_seed_gives_the_same_points() {
    DataSet points = Spirals.generate(50, 3);

    assertThat(points.getFeatures()).isEqualTo(Spirals.generate(50, 3).getFeatures());
    assertThat(points.getLabels()).isEqualTo(Spirals.generate(50, 3).getLabels());
    assertThat(points.getFeatures()).isNotEqualTo(Spirals.generate(50, 4).getFeatures());
  }

  @Test
  void each_arm_has_about_a_third_of_the_points() {
    DataSet points = Spirals.generate(3000, 1);

    assertThat(points.getFeatures().shape()).containsExactly(3000, Spirals.DIMENSIONS);
    for (double count : points.getLabels().sum(0).toDoubleVector()) {
      assertThat(count).isBetween(900.0, 1100.0);
    }
  }
}
