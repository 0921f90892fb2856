package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.network.read.NormValues;
import java.util.stream.IntStream;
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
   * |γ|. For ReLU that is slope Φ(β/|γ|) and shift |γ|·φ(β/|γ|).
   */
  static Line behind(NormValues norm, IActivation activation) {
    int channels = norm.gamma().length;
    double[] slope = new double[channels];
    double[] shift = new double[channels];
    double[] z = new double[POINTS];
    double[] weight = new double[POINTS];
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
      z[i] = DEVIATIONS * (2.0 * i / (POINTS - 1) - 1);
      weight[i] = Math.exp(-z[i] * z[i] / 2);
      sum += weight[i];
    }
    for (int c = 0; c < channels; c++) {
      double deviation = Math.abs(norm.gamma()[c]);
      double[] x = new double[POINTS];
      for (int i = 0; i < POINTS; i++) {
        x[i] = norm.beta()[c] + deviation * z[i];
      }
      INDArray row = Nd4j.createFromArray(x).reshape(1, POINTS);
      double[] y = activation.getActivation(row.dup(), false).dup('c').data().asDouble();
      double mean = 0;
      double product = 0;
      for (int i = 0; i < POINTS; i++) {
        mean += weight[i] * y[i] / sum;
        product += weight[i] * z[i] * y[i] / sum;
      }
      slope[c] = deviation == 0 ? 0 : product / deviation;
      shift[c] = mean - slope[c] * norm.beta()[c];
    }
    return new Line(slope, shift);
  }
}
