package io.github.dl4jbnfold.examples.measure;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the predictions of two networks compare.
 *
 * @param images how many images were classified
 * @param changed images whose class differs, ties aside
 * @param ties images whose class differs where the two largest logits of the first network are
 *     closer to each other than the largest logit error: rounding decides there
 * @param largestError the largest difference of two logits
 * @param largestLogit the largest magnitude of a logit of the first network
 */
public record Predictions(
    int images, int changed, int ties, double largestError, double largestLogit) {

  /**
   * Compares logits.
   *
   * @param before [images, classes]
   * @param after the same for the other network
   */
  public static Predictions compare(INDArray before, INDArray after) {
    if (!before.equalShapes(after)) {
      throw new IllegalArgumentException(
          "Logits of different shapes: %s and %s."
              .formatted(before.shapeInfoToString(), after.shapeInfoToString()));
    }
    double[][] first = before.castTo(DataType.DOUBLE).toDoubleMatrix();
    double[][] second = after.castTo(DataType.DOUBLE).toDoubleMatrix();
    double error = 0;
    double magnitude = 0;
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < first[i].length; j++) {
        double difference = Math.abs(first[i][j] - second[i][j]);
        error = Math.max(error, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        magnitude = Math.max(magnitude, Math.abs(first[i][j]));
      }
    }
    int changed = 0;
    int ties = 0;
    for (int i = 0; i < first.length; i++) {
      if (largest(first[i]) != largest(second[i])) {
        if (margin(first[i]) < error) {
          ties++;
        } else {
          changed++;
        }
      }
    }
    return new Predictions(first.length, changed, ties, error, magnitude);
  }

  /** The largest error of a logit, relative to the largest logit. */
  public double relativeError() {
    return largestError == 0 ? 0 : largestError / largestLogit;
  }

  /** The share of images whose largest logit is that of their class. */
  public static double accuracy(INDArray logits, int[] labels) {
    double[][] rows = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      right += largest(rows[i]) == labels[i] ? 1 : 0;
    }
    return (double) right / rows.length;
  }

  private static int largest(double[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  /** By how much the largest value leads. */
  private static double margin(double[] row) {
    int best = largest(row);
    double second = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < row.length; i++) {
      second = i == best ? second : Math.max(second, row[i]);
    }
    return row[best] - second;
  }
}
