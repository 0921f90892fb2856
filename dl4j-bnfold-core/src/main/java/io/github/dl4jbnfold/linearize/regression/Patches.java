package io.github.dl4jbnfold.linearize.regression;

import io.github.dl4jbnfold.linearize.merge.Axis;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What single positions of the output of a convolution read, zeros beyond the border included.
 *
 * @param axes of the convolution
 * @param sizes of its input, one for each axis
 */
public record Patches(List<Axis> axes, List<Long> sizes) {
  public Patches {
    axes = List.copyOf(axes);
    sizes = List.copyOf(sizes);
  }

  /** How many positions the output has. */
  public int positions() {
    long positions = 1;
    for (int i = 0; i < axes.size(); i++) {
      positions *= axes.get(i).outputs(sizes.get(i));
    }
    return Math.toIntExact(positions);
  }

  /**
   * The rows of a regression.
   *
   * @param example [channels, size…]
   * @param positions of the output, in row-major order
   * @return [positions, channels · taps] in float64: in the order of weights [outputs, channels,
   *     kernel…]
   */
  public INDArray read(INDArray example, int... positions) {
    double[] values = example.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    int channels = Math.toIntExact(example.size(0));
    int map = values.length / channels;
    int taps = axes.stream().mapToInt(Axis::kernel).reduce(1, (a, b) -> a * b);
    double[] rows = new double[positions.length * channels * taps];
    int at = 0;
    for (int position : positions) {
      int[] offsets = offsets(position, taps);
      for (int channel = 0; channel < channels; channel++) {
        for (int offset : offsets) {
          rows[at] = offset < 0 ? 0 : values[channel * map + offset];
          at++;
        }
      }
    }
    return Nd4j.createFromArray(rows).reshape(positions.length, (long) channels * taps);
  }

  /** Where each tap reads the map, in row-major order; −1 beyond the border. */
  private int[] offsets(int position, int taps) {
    int[] offsets = new int[taps];
    for (int tap = 0; tap < taps; tap++) {
      long offset = 0;
      long stride = 1;
      int leftOfTap = tap;
      long leftOfPosition = position;
      for (int i = axes.size() - 1; i >= 0 && offset >= 0; i--) {
        Axis axis = axes.get(i);
        long outputs = axis.outputs(sizes.get(i));
        long read =
            axis.stride() * (leftOfPosition % outputs)
                + (long) axis.dilation() * (leftOfTap % axis.kernel())
                - axis.before();
        boolean inside = read >= 0 && read < sizes.get(i);
        offset = inside ? offset + stride * read : -1;
        stride *= sizes.get(i);
        leftOfPosition /= outputs;
        leftOfTap /= axis.kernel();
      }
      offsets[tap] = Math.toIntExact(offset);
    }
    return offsets;
  }
}
