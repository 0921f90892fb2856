package io.github.dl4jbnfold.linearize.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RidgeRegressionTest {
  private static final int COLUMNS = 5;
  private static final int OUTPUTS = 3;

  private final org.nd4j.linalg.api.rng.Random random =
      Nd4j.getRandomFactory().getNewRandomInstance(4);
  private final INDArray weights = gaussian(COLUMNS, OUTPUTS);
  private final INDArray bias = gaussian(1, OUTPUTS);

  private INDArray gaussian(long... shape) {
    return random.nextGaussian(shape).castTo(DataType.DOUBLE);
  }

  private static Moments moments(INDArray x, INDArray y) {
    Moments moments = new Moments(COLUMNS, OUTPUTS);
    long half = x.rows() / 2;
    moments.add(x.getRows(range(0, half)), y.getRows(range(0, half)));
    moments.add(x.getRows(range(half, x.rows())), y.getRows(range(half, x.rows())));
    return moments;
  }

  private static int[] range(long from, long to) {
    return java.util.stream.IntStream.range((int) from, (int) to).toArray();
  }

  private INDArray answers(INDArray x) {
    return x.mmul(weights).addRowVector(bias);
  }

  @Test
  void what_is_linear_is_found_whatever_was_known() {
    INDArray x = gaussian(60, COLUMNS).addi(3);
    INDArray other = gaussian(20, COLUMNS).addi(3);

    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            moments(x, answers(x)),
            moments(other, answers(other)),
            gaussian(COLUMNS, OUTPUTS),
            gaussian(1, OUTPUTS).reshape(OUTPUTS));

    assertThat(fit.weights().distance2(weights)).isLessThan(1e-5);
    assertThat(fit.bias().reshape(1, OUTPUTS).distance2(bias)).isLessThan(1e-5);
    assertThat(fit.errorAfter()).isLessThan(1e-9 * fit.errorBefore());
  }

  @Test
  void with_noise_it_is_the_solution_of_the_normal_equations() {
    INDArray x = gaussian(400, COLUMNS);
    INDArray y = answers(x).addi(gaussian(400, OUTPUTS));
    INDArray extended = Nd4j.hstack(x, Nd4j.ones(DataType.DOUBLE, 400, 1));
    INDArray inverse =
        org.nd4j.linalg.inverse.InvertMatrix.invert(extended.transpose().mmul(extended), false);
    INDArray expected = inverse.mmul(extended.transpose().mmul(y));

    // The same examples twice: the least penalty is the best on them.
    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            moments(x, y),
            moments(x, y),
            Nd4j.zeros(DataType.DOUBLE, COLUMNS, OUTPUTS),
            Nd4j.zeros(DataType.DOUBLE, OUTPUTS));

    INDArray found = Nd4j.vstack(fit.weights(), fit.bias().reshape(1, OUTPUTS));
    assertThat(found.distance2(expected)).isLessThan(1e-6);
    INDArray left = y.sub(extended.mmul(expected));
    assertThat(fit.errorAfter()).isCloseTo(left.mul(left).sumNumber().doubleValue(), within(1e-6));
  }

  @Test
  void known_weights_stay_where_nothing_is_better_on_unseen_examples() {
    INDArray seen = gaussian(4, COLUMNS);
    INDArray unseen = gaussian(50, COLUMNS);

    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            moments(seen, gaussian(4, OUTPUTS)),
            moments(unseen, answers(unseen)),
            weights,
            bias.reshape(OUTPUTS));

    assertThat(fit.weights()).isEqualTo(weights);
    assertThat(fit.errorAfter()).isEqualTo(fit.errorBefore()).isLessThan(1e-9);
  }

  @Test
  void columns_that_never_change_have_no_say() {
    INDArray x = gaussian(60, COLUMNS);
    x.putColumn(2, Nd4j.valueArrayOf(60, 0.7).castTo(DataType.DOUBLE));
    INDArray known = gaussian(COLUMNS, OUTPUTS);

    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            moments(x, answers(x)),
            moments(x, answers(x)),
            known,
            Nd4j.zeros(DataType.DOUBLE, OUTPUTS));

    assertThat(fit.weights().getRow(2)).isEqualTo(known.getRow(2));
    assertThat(fit.errorAfter()).isLessThan(1e-9 * fit.errorBefore());
  }

  @Test
  void examples_that_are_not_numbers_leave_known_weights_as_they_are() {
    INDArray seen = gaussian(40, COLUMNS);
    INDArray wanted = answers(seen);
    seen.putScalar(7, Double.NaN);
    INDArray unseen = gaussian(50, COLUMNS);
    INDArray known = gaussian(COLUMNS, OUTPUTS);

    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            moments(seen, wanted), moments(unseen, answers(unseen)), known, bias.reshape(OUTPUTS));

    assertThat(fit.weights()).isEqualTo(known);
  }

  @Test
  void without_any_examples_known_weights_stay() {
    INDArray unseen = gaussian(50, COLUMNS);
    INDArray known = gaussian(COLUMNS, OUTPUTS);

    RidgeRegression.Fit fit =
        RidgeRegression.fit(
            new Moments(COLUMNS, OUTPUTS),
            moments(unseen, answers(unseen)),
            known,
            bias.reshape(OUTPUTS));

    assertThat(fit.weights()).isEqualTo(known);
  }
}
