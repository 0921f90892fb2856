package io.github.dl4jbnfold.linearize.regression;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Linear regression that stays near to weights that are known: min over W and b of Σ‖y − x·W − b‖²
 * + λ·Σ d·(W − W₀)², d the variation of a column. Of several λ, and of W₀ as it is, that one is
 * taken which is best on examples that the regression has not seen: it never makes things worse
 * there.
 */
public final class RidgeRegression {
  private static final double[] PENALTIES = {1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1};

  private RidgeRegression() {}

  /**
   * What was found.
   *
   * @param weights [columns, outputs]
   * @param bias [outputs]
   * @param errorBefore the sum of squares, over unseen examples, of what the known weights leave
   * @param errorAfter the same for the new ones
   */
  public record Fit(INDArray weights, INDArray bias, double errorBefore, double errorAfter) {}

  /**
   * The regression.
   *
   * @param seen examples
   * @param unseen others
   * @param weights W₀, [columns, outputs], float64
   * @param bias of the known layer, [outputs], float64
   */
  public static Fit fit(Moments seen, Moments unseen, INDArray weights, INDArray bias) {
    INDArray known = Nd4j.vstack(weights, bias.reshape(1, bias.length()));
    double before = unseen.squaredError(known);
    INDArray best = known;
    double least = before;
    if (seen.rows() > 0) {
      Centered centered = Centered.of(seen, known);
      for (double penalty : PENALTIES) {
        INDArray found = known.add(centered.change(penalty));
        double error = unseen.squaredError(found);
        // What is not a number is never less.
        if (error < least && Double.isFinite(found.sumNumber().doubleValue())) {
          best = found;
          least = error;
        }
      }
    }
    int columns = seen.columns();
    return new Fit(
        best.get(NDArrayIndex.interval(0, columns), NDArrayIndex.all()).dup('c'),
        best.getRow(columns).dup('c'),
        before,
        least);
  }

  /**
   * The equations without the bias, for columns of variation 1, in the basis in which they are
   * diagonal.
   */
  private record Centered(
      INDArray scale,
      INDArray basis,
      INDArray values,
      INDArray right,
      INDArray means,
      INDArray rest) {
    static Centered of(Moments moments, INDArray known) {
      int columns = moments.columns();
      var inner = NDArrayIndex.interval(0, columns);
      double rows = moments.rows();
      INDArray sums = moments.products().get(inner, NDArrayIndex.point(columns)).dup();
      INDArray means = sums.div(rows).reshape(columns, 1);
      // Of what the known weights leave over.
      INDArray left = moments.crossProducts().sub(moments.products().mmul(known));
      INDArray rest = left.getRow(columns).dup().div(rows).reshape(1, moments.outputs());
      INDArray covariance =
          moments.products().get(inner, inner).dup().sub(means.mmul(means.transpose()).mul(rows));
      INDArray cross = left.get(inner, NDArrayIndex.all()).dup().sub(means.mmul(rest).mul(rows));
      INDArray variation = Nd4j.diag(covariance).dup().reshape(columns, 1);
      double floor = 1e-12 * Math.max(variation.maxNumber().doubleValue(), Double.MIN_NORMAL);
      // A column that is always the same has no say.
      INDArray varies = variation.gt(floor).castTo(DataType.DOUBLE);
      INDArray scale = Transforms.pow(Transforms.max(variation, floor), -0.5).mul(varies);
      INDArray basis = covariance.mul(scale.mmul(scale.transpose()));
      INDArray values = Eigen.symmetricGeneralizedEigenvalues(basis);
      INDArray right = basis.transpose().mmul(cross.mulColumnVector(scale));
      return new Centered(
          scale, basis, Transforms.max(values, 0).reshape(columns, 1), right, means, rest);
    }

    /** By what weights and bias change for a penalty. */
    INDArray change(double penalty) {
      INDArray shrunk = right.divColumnVector(values.add(penalty));
      INDArray weights = basis.mmul(shrunk).mulColumnVector(scale);
      INDArray bias = rest.sub(means.transpose().mmul(weights));
      return Nd4j.vstack(weights, bias);
    }
  }
}
