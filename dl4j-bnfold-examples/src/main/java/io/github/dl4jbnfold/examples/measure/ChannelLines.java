package io.github.dl4jbnfold.examples.measure;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values of two networks, up to what a fold may change: between its operators, it multiplies each
 * channel by a number and adds one.
 */
final class ChannelLines {
  private ChannelLines() {}

  /**
   * What is left of the second array when each of its channels is taken for a multiple of the same
   * channel of the first, plus a constant: the largest magnitude of that, relative to the largest
   * magnitude of the second. The channels are those of the second or of the last axis, whichever
   * leaves less; arrays of one axis are one channel.
   *
   * @param first an array of at least one number
   * @param second of the same shape
   */
  static double unexplained(INDArray first, INDArray second) {
    if (first.isEmpty()) {
      return 0;
    }
    int rank = first.rank();
    if (rank < 2) {
      return unexplained(first, second, -1);
    }
    double least = unexplained(first, second, 1);
    return rank == 2 ? least : Math.min(least, unexplained(first, second, rank - 1));
  }

  private static double unexplained(INDArray first, INDArray second, int axis) {
    double[] x = values(first);
    double[] y = values(second);
    int channels = axis < 0 ? 1 : (int) first.size(axis);
    int inner = 1;
    for (int i = axis + 1; axis >= 0 && i < first.rank(); i++) {
      inner *= (int) first.size(i);
    }
    Line[] lines = new Line[channels];
    for (int i = 0; i < channels; i++) {
      lines[i] = new Line();
    }
    for (int i = 0; i < x.length; i++) {
      lines[i / inner % channels].add(x[i], y[i]);
    }
    double left = 0;
    double magnitude = 0;
    for (int i = 0; i < x.length; i++) {
      double error = Math.abs(y[i] - lines[i / inner % channels].at(x[i]));
      if (!Double.isFinite(error)) {
        return Double.POSITIVE_INFINITY;
      }
      left = Math.max(left, error);
      magnitude = Math.max(magnitude, Math.abs(y[i]));
    }
    return left == 0 ? 0 : left / magnitude;
  }

  private static double[] values(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  /** The least-squares line through some points, by running means. */
  private static final class Line {
    private long count;
    private double meanX;
    private double meanY;
    private double varianceX;
    private double covariance;

    void add(double x, double y) {
      count++;
      double dx = x - meanX;
      meanX += dx / count;
      meanY += (y - meanY) / count;
      varianceX += dx * (x - meanX);
      covariance += dx * (y - meanY);
    }

    double at(double x) {
      double slope = varianceX > 0 ? covariance / varianceX : 0;
      return meanY + slope * (x - meanX);
    }
  }
}
