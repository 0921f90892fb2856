package io.github.dl4jbnfold.examples.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ErrorsTest {
  @Test
  void differences_are_relative_to_the_largest_magnitude_and_counted_by_decade() {
    Errors errors = errors(new double[] {200, 1, 3}, new double[] {200, 1.01, 3.1});

    assertThat(errors.equal()).isEqualTo(1);
    assertThat(errors.decades()).isEqualTo(Map.of(-4, 1L, -3, 1L));
    assertThat(errors.largest()).isBetween(4.99e-4, 5.01e-4);
    assertThat(errors.count()).isEqualTo(3);
  }

  @Test
  void a_number_that_became_none_is_an_infinite_error() {
    Errors errors = errors(new double[] {1, 2}, new double[] {Double.NaN, 2});

    assertThat(errors.notFinite()).isEqualTo(1);
    assertThat(errors.largest()).isInfinite();
  }

  @Test
  void zeros_that_became_something_are_an_infinite_error() {
    assertThat(errors(new double[] {0, 0}, new double[] {0, 1e-9}).largest()).isInfinite();
  }

  @Test
  void what_is_not_a_number_in_both_is_equal() {
    double[] same = {Double.NaN, Double.NEGATIVE_INFINITY, 5};

    assertThat(errors(same, same).equal()).isEqualTo(3);
  }

  private static Errors errors(double[] before, double[] after) {
    return Errors.of(List.of(new Pairing("y", array(before), "y", array(after))));
  }

  private static INDArray array(double[] values) {
    return Nd4j.createFromArray(values);
  }
}
