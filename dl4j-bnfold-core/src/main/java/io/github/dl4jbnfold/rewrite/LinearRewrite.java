package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The weights of a linear operator under gauges: W̃ = a_out·W/a_in and b̃ = a_out·b + c_out − Σ
 * W̃·c_in (theory, section 1), and what it takes over from others. All arrays are float64 until
 * {@link #rounded}.
 */
public final class LinearRewrite {
  private LinearRewrite() {}

  /** a_out·W/a_in; the given weights are left as they are. */
  public static INDArray scaled(
      INDArray weights, KernelLayout layout, double[] outputScale, double[] inverseInputScale) {
    return product(weights, layout.alongOutputs(outputScale, weights.shape()))
        .muli(layout.alongInputs(inverseInputScale, weights.shape()));
  }

  /** By what {@link #scaled} multiplies each weight. */
  public static INDArray factors(
      long[] shape, KernelLayout layout, double[] outputScale, double[] inverseInputScale) {
    return Nd4j.ones(DataType.DOUBLE, shape)
        .muli(layout.alongOutputs(outputScale, shape))
        .muli(layout.alongInputs(inverseInputScale, shape));
  }

  /** A product in float64 that needs one array of the size of the weights and not two. */
  private static INDArray product(INDArray weights, INDArray factors) {
    return weights.dataType() == DataType.DOUBLE
        ? weights.mul(factors)
        : weights.castTo(DataType.DOUBLE).muli(factors);
  }

  /** Rounds once, to the data type and the order of another array. */
  public static INDArray rounded(INDArray wide, INDArray like) {
    return wide.castTo(like.dataType()).dup(like.ordering());
  }

  /**
   * Adds an identity branch that the operator takes over. Theory, section 5.
   *
   * @param wide changed in place
   * @param tap index on each spatial axis of the kernel
   * @param diagonal what output channel i takes of input channel i
   */
  public static void addIdentity(
      INDArray wide, KernelLayout layout, List<Integer> tap, double[] diagonal) {
    for (int channel = 0; channel < diagonal.length; channel++) {
      long[] index = layout.diagonal(channel, tap, wide.shape());
      wide.putScalar(index, wide.getDouble(index) + diagonal[channel]);
    }
  }

  /**
   * Adds the kernel of a parallel operator that reads one position only. Theory, section 5.
   *
   * @param wide changed in place
   * @param tap index on each spatial axis of the kernel
   * @param point a kernel of the same layout whose spatial sizes are all 1
   */
  public static void addPoint(
      INDArray wide, KernelLayout layout, List<Integer> tap, INDArray point) {
    INDArrayIndex[] at = new INDArrayIndex[wide.rank()];
    int spatial = 0;
    for (int axis = 0; axis < at.length; axis++) {
      boolean isChannel = layout.outputAxes().contains(axis) || layout.inputAxes().contains(axis);
      int index = isChannel ? -1 : tap.get(spatial++);
      at[axis] = isChannel ? NDArrayIndex.all() : NDArrayIndex.interval(index, index + 1);
    }
    wide.put(at, wide.get(at).add(point));
  }

  /** One more output channel that reads nothing. */
  public static INDArray withSilentOutput(INDArray wide, KernelLayout layout) {
    long[] shape = wide.shape().clone();
    int axis = layout.outputAxes().get(0);
    shape[axis] = 1;
    return Nd4j.concat(axis, wide, Nd4j.zeros(DataType.DOUBLE, shape));
  }

  /**
   * One more input channel.
   *
   * @param row the weights from it, of the shape of the kernel with size 1 on the input axis
   */
  public static INDArray withInput(INDArray wide, KernelLayout layout, INDArray row) {
    return Nd4j.concat(layout.inputAxes().get(0), wide, row);
  }

  /**
   * The weights from a channel that is 1 wherever the input is inside its border, such that the
   * operator takes out a shift of the input: −a_out·Σ_i W·c_in/a_in, tap by tap. Theory, section 4.
   *
   * @param relativeShift c_in/a_in
   */
  public static INDArray onesKernel(
      INDArray weights, KernelLayout layout, double[] outputScale, double[] relativeShift) {
    INDArray products = scaled(weights, layout, outputScale, relativeShift);
    return products.sum(true, layout.inputAxes().get(0)).neg();
  }

  /**
   * What the operator without bias answers to an input that is the same vector at every position.
   */
  public static double[] response(INDArray weights, KernelLayout layout, double[] input) {
    INDArray products = product(weights, layout.alongInputs(input, weights.shape()));
    double[] sums = layout.sumPerOutput(products);
    products.close(); // Native memory, which would wait for the garbage collector.
    return sums;
  }

  /**
   * a_out·(b − response) + c_out.
   *
   * @param bias b
   * @param response {@link #response} of the original weights to c_in/a_in
   */
  public static double[] bias(double[] bias, double[] response, Gauge output) {
    double[] result = new double[bias.length];
    for (int o = 0; o < result.length; o++) {
      result[o] = output.scale()[o] * (bias[o] - response[o]) + output.shift()[o];
    }
    return result;
  }
}
