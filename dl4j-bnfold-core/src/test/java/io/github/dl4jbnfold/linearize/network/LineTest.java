package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.network.read.NormValues;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The lines that are nearest to activations. */
class LineTest {
  private final Random random = new Random(5);

  private INDArray normal(double mean, double deviation, int examples) {
    double[] x = new double[examples];
    for (int i = 0; i < examples; i++) {
      x[i] = mean + deviation * random.nextGaussian();
    }
    return Nd4j.createFromArray(x).reshape(examples, 1);
  }

  private static double error(INDArray x, INDArray y, double slope, double shift) {
    return x.mul(slope).add(shift).sub(y).norm2Number().doubleValue();
  }

  @Test
  void no_other_line_is_nearer() {
    INDArray x = normal(0.3, 1.2, 500);
    INDArray y = new ActivationSwish().getActivation(x.dup(), false);
    Line line = Line.fitted(x, y, 1);
    double least = error(x, y, line.slope()[0], line.shift()[0]);
    for (int i = 0; i < 100; i++) {
      double slope = line.slope()[0] + 0.1 * random.nextGaussian();
      double shift = line.shift()[0] + 0.1 * random.nextGaussian();
      assertThat(error(x, y, slope, shift)).isGreaterThan(least);
    }
  }

  @Test
  void channels_have_lines_of_their_own_along_any_axis() {
    INDArray x = Nd4j.hstack(normal(1, 1, 200), normal(-1, 2, 200));
    INDArray y = new ActivationReLU().getActivation(x.dup(), false);
    Line line = Line.fitted(x, y, 1);
    Line other = Line.fitted(x.permute(1, 0).dup('c'), y.permute(1, 0).dup('c'), 0);
    assertThat(other.slope()).containsExactly(line.slope(), within(1e-12));
    assertThat(line.slope()[0]).isGreaterThan(line.slope()[1]);
  }

  @Test
  void behind_a_normalization_ReLU_has_the_slope_and_shift_of_the_formula() {
    double beta = 0.4;
    double gamma = -0.8;
    Line line = behind(gamma, beta, new ActivationReLU(), 1);
    // Φ(0.5) and 0.8·φ(0.5)
    assertThat(line.slope()[0]).isCloseTo(0.6914624612740131, within(1e-5));
    assertThat(line.shift()[0]).isCloseTo(0.8 * 0.3520653267642995, within(1e-5));
  }

  @Test
  void behind_a_normalization_it_is_the_line_of_many_examples() {
    IActivation swish = new ActivationSwish();
    Line line = behind(1.3, -0.5, swish, 1);
    INDArray x = normal(-0.5, 1.3, 200_000);
    Line fitted = Line.fitted(x, swish.getActivation(x.dup(), false), 1);
    assertThat(line.slope()[0]).isCloseTo(fitted.slope()[0], within(0.01));
    assertThat(line.shift()[0]).isCloseTo(fitted.shift()[0], within(0.01));
  }

  @Test
  void before_a_maximum_it_is_the_line_of_the_largest_of_many_examples() {
    IActivation relu = new ActivationReLU();
    Line line = behind(1.3, -0.9, relu, 4);
    INDArray x = normal(-0.9, 1.3, 400_000).reshape(100_000, 4).max(true, 1);
    Line fitted = Line.fitted(x, relu.getActivation(x.dup(), false), 1);
    assertThat(line.slope()[0]).isCloseTo(fitted.slope()[0], within(0.01));
    assertThat(line.shift()[0]).isCloseTo(fitted.shift()[0], within(0.01));
    assertThat(line.slope()[0]).isGreaterThan(behind(1.3, -0.9, relu, 1).slope()[0] + 0.2);
  }

  @Test
  void a_line_before_a_maximum_does_not_fall() {
    INDArray x = normal(0, 1, 500);

    assertThat(Line.rising(x, x.neg(), 1).slope()).containsExactly(0);
    assertThat(Line.rising(x, x.mul(2), 1).slope()[0]).isCloseTo(2, within(1e-12));
  }

  private static Line behind(double gamma, double beta, IActivation activation, int window) {
    double[] one = {1};
    return Line.behind(
        new NormValues(new double[] {gamma}, new double[] {beta}, new double[1], one),
        activation,
        window);
  }
}
