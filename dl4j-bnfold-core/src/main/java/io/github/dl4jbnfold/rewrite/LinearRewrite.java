package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.gauge.Gauge;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a linear operator under gauges: W̃ = a_out·W/a_in and b̃ = a_out·b + c_out − Σ
 * W̃·c_in. Theory, section 1.
 */
public final class LinearRewrite {
  private LinearRewrite() {}

  /**
   * a_out·W/a_in.
   *
   * @param weights W, in the given layout; left as it is
   * @return an array of the same shape, order and data type
   */
  public static INDArray weights(
      INDArray weights, KernelLayout layout, double[] outputScale, double[] inverseInputScale) {
    return rounded(scaled(weights, layout, outputScale, inverseInputScale), weights);
  }

  /**
   * a_out·W/a_in, with a diagonal added at one tap: an identity branch that the operator takes
   * over. Theory, section 5.
   *
   * @param tap index on each spatial axis of the kernel
   * @param diagonal what output channel i takes of input channel i
   */
  public static INDArray weights(
      INDArray weights,
      KernelLayout layout,
      double[] outputScale,
      double[] inverseInputScale,
      List<Integer> tap,
      double[] diagonal) {
    INDArray wide = scaled(weights, layout, outputScale, inverseInputScale);
    for (int channel = 0; channel < diagonal.length; channel++) {
      long[] index = layout.diagonal(channel, tap, weights.shape());
      wide.putScalar(index, wide.getDouble(index) + diagonal[channel]);
    }
    return rounded(wide, weights);
  }

  private static INDArray scaled(
      INDArray weights, KernelLayout layout, double[] outputScale, double[] inverseInputScale) {
    return weights
        .castTo(DataType.DOUBLE)
        .mul(layout.alongOutputs(outputScale, weights.shape()))
        .mul(layout.alongInputs(inverseInputScale, weights.shape()));
  }

  private static INDArray rounded(INDArray wide, INDArray like) {
    return wide.castTo(like.dataType()).dup(like.ordering());
  }

  /**
   * What the operator without bias answers to an input that is the same vector at every position.
   */
  public static double[] response(INDArray weights, KernelLayout layout, double[] input) {
    INDArray wide = weights.castTo(DataType.DOUBLE);
    return layout.sumPerOutput(wide.mul(layout.alongInputs(input, weights.shape())));
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
