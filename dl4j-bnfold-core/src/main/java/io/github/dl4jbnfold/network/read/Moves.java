package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Layout;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where the channels are after an operation that only moves elements. It is measured: the numbers
 * of the channels are moved themselves.
 */
final class Moves {
  private Moves() {}

  /**
   * The layout after the move.
   *
   * @param shape of the array before
   * @param layout of the array before
   * @return null where the channels are in no layout
   */
  static @Nullable Layout after(UnaryOperator<INDArray> move, long[] shape, Layout layout) {
    INDArray moved = move.apply(numbers(shape, layout)).dup('c');
    double[] numbers = moved.reshape(moved.length()).toDoubleVector();
    int run = 1;
    while (run < numbers.length && numbers[run] == numbers[0]) {
      run++;
    }
    Layout found = new Layout(layout.channels() == 1 ? 1 : run, layout.channels());
    return Arrays.equals(numbers, channels(numbers.length, found)) ? found : null;
  }

  private static INDArray numbers(long[] shape, Layout layout) {
    int length = Math.toIntExact(Arrays.stream(shape).reduce(1, (x, y) -> x * y));
    return Nd4j.createFromArray(channels(length, layout)).reshape(shape);
  }

  /** The channel of each element in row-major order. */
  private static double[] channels(int length, Layout layout) {
    double[] channels = new double[length];
    Arrays.setAll(channels, p -> (double) ((p / layout.inner()) % layout.channels()));
    return channels;
  }
}
