package io.github.dl4jbnfold.linearize.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OnePositionTest {
  @Test
  void a_convolution_with_a_stride_may_write_one_position() {
    Random random = new Random(1);
    INDArray weights = Nd4j.zeros(DataType.DOUBLE, 2, 3, 2, 1);
    INDArray example = Nd4j.zeros(DataType.DOUBLE, 3, 3, 2);
    for (int i = 0; i < weights.length(); i++) {
      weights.putScalar(i, random.nextGaussian());
    }
    for (int i = 0; i < example.length(); i++) {
      example.putScalar(i, random.nextGaussian());
    }
    List<Axis> axes = List.of(new Axis(2, 2, 1, 0, 0), new Axis(1, 3, 1, 0, 0));

    INDArray written = new Convolution(weights, new double[] {0.5, -1}, 1, axes).apply(example);

    assertThat(written.shape()).containsExactly(2, 1, 1);
    INDArray expected =
        Naive.apply(new Convolution(weights, new double[] {0.5, -1}, 1, axes), example);
    assertThat(written.equalsWithEps(expected, 1e-12)).isTrue();
  }
}
