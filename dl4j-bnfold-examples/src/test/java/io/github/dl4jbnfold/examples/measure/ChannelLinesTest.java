package io.github.dl4jbnfold.examples.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ChannelLinesTest {
  private INDArray values;

  @BeforeEach
  void draw() {
    values = Nd4j.randn(DataType.DOUBLE, 4, 3, 5, 2);
  }

  private static INDArray vector(double... numbers) {
    return Nd4j.createFromArray(numbers);
  }

  @Test
  void a_scale_and_a_shift_of_each_channel_leave_nothing_unexplained() {
    INDArray scaled =
        values
            .mul(vector(2, -0.3, 7).reshape(1, 3, 1, 1))
            .add(vector(-1, 5, 0).reshape(1, 3, 1, 1));

    assertThat(ChannelLines.unexplained(values, scaled)).isLessThan(1e-13);
  }

  @Test
  void channels_may_be_the_last_axis() {
    INDArray scaled = values.mul(vector(2, -0.3).reshape(1, 1, 1, 2)).add(4);

    assertThat(ChannelLines.unexplained(values, scaled)).isLessThan(1e-13);
  }

  @Test
  void a_channel_that_became_constant_is_explained_and_one_that_was_is_not() {
    INDArray constant = Nd4j.zeros(DataType.DOUBLE, 4, 3, 5, 2).add(3);

    assertThat(ChannelLines.unexplained(values, constant)).isZero();
    assertThat(ChannelLines.unexplained(constant, values)).isGreaterThan(0.5);
  }

  @Test
  void a_single_other_number_is_told_in_proportion_to_the_largest() {
    INDArray other = values.dup();
    other.putScalar(7, values.getDouble(7) + 0.5);
    double largest = other.amaxNumber().doubleValue();

    assertThat(ChannelLines.unexplained(values, other)).isBetween(0.4 / largest, 0.5 / largest);
  }

  @Test
  void a_number_that_is_none_any_more_is_never_explained() {
    INDArray other = values.dup();
    other.putScalar(3, Double.NaN);

    assertThat(ChannelLines.unexplained(values, other)).isInfinite();
  }
}
