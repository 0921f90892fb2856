package io.github.dl4jbnfold.linearize.regression;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PatchesTest {
  private static Axis axis(Random random) {
    return new Axis(
        1 + random.nextInt(3),
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        random.nextInt(4) - 1,
        random.nextInt(4) - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void rows_times_weights_are_what_the_convolution_writes(int spatialAxes) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<Axis> axes = new ArrayList<>();
      List<Long> sizes = new ArrayList<>();
      for (int i = 0; i < spatialAxes; i++) {
        axes.add(axis(random));
        sizes.add(6L + random.nextInt(3));
      }
      long[] shape = LongShape.of(3, sizes);
      INDArray example = Nd4j.rand(DataType.DOUBLE, shape);
      INDArray weights = Nd4j.rand(DataType.DOUBLE, LongShape.ofKernel(4, 3, axes));
      Patches patches = new Patches(axes, sizes);

      INDArray rows = patches.read(example, IntStream.range(0, patches.positions()).toArray());

      INDArray written = new Convolution(weights, new double[4], 1, axes).apply(example);
      INDArray byRows = rows.mmul(weights.reshape(4, -1).transpose()).transpose();
      assertThat(byRows.equalsWithEps(written.dup('c').reshape(4, -1), 1e-12))
          .as("%s of %s", axes, sizes)
          .isTrue();
    }
  }

  /** Shapes of examples and of weights. */
  private static final class LongShape {
    static long[] of(long channels, List<Long> sizes) {
      long[] shape = new long[1 + sizes.size()];
      shape[0] = channels;
      for (int i = 0; i < sizes.size(); i++) {
        shape[i + 1] = sizes.get(i);
      }
      return shape;
    }

    static long[] ofKernel(long outputs, long inputs, List<Axis> axes) {
      List<Long> sizes = new ArrayList<>(List.of(inputs));
      axes.forEach(axis -> sizes.add((long) axis.kernel()));
      return of(outputs, sizes);
    }
  }
}
