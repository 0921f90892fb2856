package io.github.dl4jbnfold.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How far two runs differ, relative to the largest value of the original. */
class AgreementTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static INDArray array(double... values) {
    return Nd4j.createFromArray(values);
  }

  private static Agreement compare(INDArray original, INDArray other) {
    return Agreement.of(original, other);
  }

  private static void assertDiffersInfinitely(Agreement agreement) {
    assertThat(agreement.maxAbsoluteError()).isEqualTo(INFINITY);
    assertThat(agreement.maxRelativeError()).isEqualTo(INFINITY);
  }

  @Test
  void equal_arrays_agree_exactly() {
    assertThat(compare(array(1, -2, 0), array(1, -2, 0))).isEqualTo(Agreement.EXACT);
  }

  @Test
  void the_error_is_relative_to_the_largest_value_and_not_to_each_value() {
    Agreement agreement = compare(array(1e-6, -4, 2), array(2e-6, -4, 2));

    assertThat(agreement.maxAbsoluteError()).isEqualTo(1e-6, within(1e-18));
    assertThat(agreement.maxRelativeError()).isEqualTo(0.25e-6, within(1e-18));
  }

  @Test
  void a_difference_to_zeros_is_infinite_relatively() {
    Agreement agreement = compare(array(0, 0), array(0, 1e-30));

    assertThat(agreement.maxAbsoluteError()).isEqualTo(1e-30);
    assertThat(agreement.maxRelativeError()).isEqualTo(INFINITY);
  }

  @Test
  void negative_zero_is_zero() {
    assertThat(compare(array(0.0, 1), array(-0.0, 1))).isEqualTo(Agreement.EXACT);
  }

  @Test
  void nan_agrees_with_nan_and_with_nothing_else() {
    assertThat(compare(array(NAN, 1), array(NAN, 1))).isEqualTo(Agreement.EXACT);
    assertDiffersInfinitely(compare(array(NAN, 1), array(0, 1)));
    assertDiffersInfinitely(compare(array(0, 1), array(NAN, 1)));
  }

  @Test
  void an_infinity_agrees_with_itself_and_with_nothing_else() {
    assertThat(compare(array(INFINITY, 1), array(INFINITY, 1))).isEqualTo(Agreement.EXACT);
    assertDiffersInfinitely(compare(array(INFINITY, 1), array(-INFINITY, 1)));
    assertDiffersInfinitely(compare(array(INFINITY, 1), array(1e300, 1)));
    assertDiffersInfinitely(compare(array(1e300, 1), array(INFINITY, 1)));
  }

  @Test
  void an_infinity_does_not_make_other_errors_small() {
    Agreement agreement = compare(array(INFINITY, 2), array(INFINITY, 3));

    assertThat(agreement.maxAbsoluteError()).isEqualTo(1);
    assertThat(agreement.maxRelativeError()).isEqualTo(0.5);
  }

  @Test
  void a_nan_does_not_hide_other_errors() {
    Agreement agreement = compare(array(NAN, 2, 4), array(NAN, 3, 4));

    assertThat(agreement.maxRelativeError()).isEqualTo(0.25);
  }

  @Test
  void other_shapes_differ_infinitely_even_with_the_same_values() {
    assertDiffersInfinitely(compare(array(1, 2, 3, 4), array(1, 2, 3, 4).reshape(2, 2)));
    assertDiffersInfinitely(compare(array(1, 2), array(1, 2, 3)));
  }

  @Test
  void empty_arrays_of_one_shape_agree() {
    INDArray empty = Nd4j.empty(DataType.DOUBLE);

    assertThat(compare(empty, Nd4j.empty(DataType.DOUBLE))).isEqualTo(Agreement.EXACT);
  }

  @Test
  void the_order_of_the_elements_in_memory_does_not_matter() {
    INDArray original = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}});

    assertThat(compare(original, original.dup('f'))).isEqualTo(Agreement.EXACT);
    assertThat(compare(original.transpose(), original.transpose().dup('c')))
        .isEqualTo(Agreement.EXACT);
  }

  @Test
  void narrow_types_are_compared_in_double() {
    INDArray original = array(1, 2).castTo(DataType.FLOAT);

    Agreement agreement = compare(original, original.add(1.0f / (1 << 20)));

    assertThat(agreement.maxAbsoluteError()).isEqualTo(1.0 / (1 << 20), within(1e-7));
  }

  @Test
  void of_several_outputs_the_worst_counts_each_in_its_own_scale() {
    Agreement agreement =
        Agreement.of(
            Map.of("large", array(1000, 0), "small", array(0.01, 0)),
            Map.of("large", array(1001, 0), "small", array(0.011, 0)));

    assertThat(agreement.maxAbsoluteError()).isEqualTo(1, within(1e-12));
    assertThat(agreement.maxRelativeError()).isEqualTo(0.1, within(1e-12));
  }

  @Test
  void a_missing_output_differs_infinitely_and_an_additional_one_does_not_matter() {
    INDArray x = array(1, 2);

    assertDiffersInfinitely(Agreement.of(Map.of("x", x, "y", x), Map.of("x", x)));
    assertThat(Agreement.of(Map.of("x", x), Map.of("x", x, "y", x))).isEqualTo(Agreement.EXACT);
  }

  @Test
  void two_comparisons_are_joined_by_the_larger_errors() {
    assertThat(new Agreement(1, 0.1).and(new Agreement(0.5, 0.3))).isEqualTo(new Agreement(1, 0.3));
  }
}
