package io.github.dl4jbnfold.examples.measure;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Outputs that are probabilities. Where one class is certain, networks whose logits differ by much
 * write the same; logarithms tell them apart as far as the numbers go.
 */
final class Distributions {
  /** What is less likely counts as impossible; float32 knows no much smaller numbers. */
  private static final double LEAST = 1e-30;

  private static final double SUM = 1e-3;

  private Distributions() {}

  /** Whether each row is a distribution over at least two classes. */
  static boolean are(INDArray output) {
    if (output.rank() != 2 || output.size(1) < 2 || !output.dataType().isFPType()) {
      return false;
    }
    INDArray wide = output.castTo(DataType.DOUBLE);
    double farthest = wide.sum(1).sub(1).amaxNumber().doubleValue();
    return wide.minNumber().doubleValue() >= 0 && farthest <= SUM;
  }

  /** Their natural logarithms, none below that of 1e-30. */
  static INDArray logarithms(INDArray output) {
    return Transforms.log(Transforms.max(output.castTo(DataType.DOUBLE), LEAST, true), false);
  }

  /** Whether one class is certain in every row, so that nothing else can be told. */
  static boolean areCertain(INDArray logarithms) {
    double[] all = logarithms.dup('c').reshape(logarithms.length()).toDoubleVector();
    for (double value : all) {
      if (value < -1e-6 && value > Math.log(LEAST)) {
        return false;
      }
    }
    return true;
  }
}
