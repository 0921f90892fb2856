package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.network.read.NormValues;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The line slope·x + shift, channel by channel, that is nearest to an activation σ in the mean
 * square: slope = Cov(x, σ)/Var(x), shift = E[σ] − slope·E[x].
 *
 * @param slope one number per channel
 * @param shift one number per channel
 */
record Line(double[] slope, double[] shift) {
  private static final int POINTS = 4001;
  private static final double DEVIATIONS = 10;

  /**
   * The line for what an activation has read and written.
   *
   * @param x of any number of examples
   * @param y of the shape of x
   * @param channelAxis of both
   */
  static Line fitted(INDArray x, INDArray y, int channelAxis) {
    return fitted(x, y, channelAxis, Double.NEGATIVE_INFINITY);
  }

  /** The same among the lines that do not fall. */
  static Line rising(INDArray x, INDArray y, int channelAxis) {
    return fitted(x, y, channelAxis, 0);
  }

  private static Line fitted(INDArray x, INDArray y, int channelAxis, double leastSlope) {
    int[] others = IntStream.range(0, x.rank()).filter(axis -> axis != channelAxis).toArray();
    INDArray wideX = x.castTo(DataType.DOUBLE);
    INDArray wideY = y.castTo(DataType.DOUBLE);
    double[] meanX = wideX.mean(others).dup('c').toDoubleVector();
    double[] meanY = wideY.mean(others).dup('c').toDoubleVector();
    double[] square = wideX.mul(wideX).mean(others).dup('c').toDoubleVector();
    double[] product = wideX.mul(wideY).mean(others).dup('c').toDoubleVector();
    double[] slope = new double[meanX.length];
    double[] shift = new double[meanX.length];
    for (int c = 0; c < slope.length; c++) {
      double variance = square[c] - meanX[c] * meanX[c];
      // A channel that is always the same is met by any line through it.
      double best =
          variance > 1e-12 * square[c] ? (product[c] - meanX[c] * meanY[c]) / variance : 0;
      slope[c] = Math.max(leastSlope, best);
      shift[c] = meanY[c] - slope[c] * meanX[c];
    }
    return new Line(slope, shift);
  }

  /**
   * The line for what a batch normalization writes, by which x is normal with mean β and deviation
   * |γ|. For ReLU that is slope Φ(β/|γ|) and shift |γ|·φ(β/|γ|). Where a maximum reads what the
   * activation writes, x is the largest of so many values, taken for independent: its density is
   * k·φ(z)·Φ(z)^(k − 1), and the line does not fall.
   *
   * @param window how many values the maximum is of; 1 for none
   */
  static Line behind(NormValues norm, IActivation activation, int window) {
    double[] z = new double[POINTS];
    double[] weight = largestOf(window, z);
    double meanZ = mean(weight, z, null);
    double variance = mean(weight, z, z) - meanZ * meanZ;
    int channels = norm.gamma().length;
    double[] slope = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      double deviation = Math.abs(norm.gamma()[c]);
      double[] x = new double[POINTS];
      for (int i = 0; i < POINTS; i++) {
        x[i] = norm.beta()[c] + deviation * z[i];
      }
      INDArray row = Nd4j.createFromArray(x).reshape(1, POINTS);
      double[] y = activation.getActivation(row.dup(), false).dup('c').data().asDouble();
      double meanY = mean(weight, y, null);
      double covariance = mean(weight, y, z) - meanY * meanZ;
      double best = deviation == 0 ? 0 : covariance / variance / deviation;
      slope[c] = window > 1 ? Math.max(0, best) : best;
      shift[c] = meanY - slope[c] * (norm.beta()[c] + deviation * meanZ);
    }
    return new Line(slope, shift);
  }

  /**
   * How likely values are to be the largest of some standard normal ones.
   *
   * @param z receives the values
   */
  private static double[] largestOf(int window, double[] z) {
    double[] weight = new double[POINTS];
    double all = 0;
    for (int i = 0; i < POINTS; i++) {
      z[i] = DEVIATIONS * (2.0 * i / (POINTS - 1) - 1);
      weight[i] = Math.exp(-z[i] * z[i] / 2);
      all += weight[i];
    }
    double below = 0;
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
      double here = weight[i] / all;
      weight[i] = here * Math.pow(below + here / 2, window - 1);
      below += here;
      sum += weight[i];
    }
    for (int i = 0; i < POINTS; i++) {
      weight[i] /= sum;
    }
    return weight;
  }

  private static double mean(double[] weight, double[] some, double @Nullable [] factor) {
    double mean = 0;
    for (int i = 0; i < some.length; i++) {
      mean += weight[i] * some[i] * (factor == null ? 1 : factor[i]);
    }
    return mean;
  }
}
