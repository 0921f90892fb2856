package io.github.dl4jbnfold.network.read;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a batch normalization as Deeplearning4j 1.0.0-M2.1 uses them at inference, one
 * number per channel each, in float64: y = γ·(x − μ)/√(σ² + ε) + β.
 *
 * @param deviation √(σ² + ε)
 */
public record NormValues(double[] gamma, double[] beta, double[] mean, double[] deviation) {

  /**
   * Reads the parameters of a layer.
   *
   * @param parameters of the layer, by key
   */
  public static NormValues of(BatchNormalization layer, Map<String, INDArray> parameters) {
    double[] mean = vector(parameters, BatchNormalizationParamInitializer.GLOBAL_MEAN);
    double[] deviation = new double[mean.length];
    double[] spread =
        vector(
            parameters,
            layer.isUseLogStd()
                ? BatchNormalizationParamInitializer.GLOBAL_LOG_STD
                : BatchNormalizationParamInitializer.GLOBAL_VAR);
    for (int i = 0; i < mean.length; i++) {
      double variance = layer.isUseLogStd() ? Math.pow(10, 2 * spread[i]) : spread[i];
      deviation[i] = Math.sqrt(variance + layer.getEps());
    }
    if (!layer.isLockGammaBeta()) {
      return new NormValues(
          vector(parameters, BatchNormalizationParamInitializer.GAMMA),
          vector(parameters, BatchNormalizationParamInitializer.BETA),
          mean,
          deviation);
    }
    // Locked values are used only where both differ from what does nothing.
    boolean used = layer.getGamma() != 1 && layer.getBeta() != 0;
    return new NormValues(
        filled(mean.length, used ? layer.getGamma() : 1),
        filled(mean.length, used ? layer.getBeta() : 0),
        mean,
        deviation);
  }

  /** The batch normalization that a layer is or applies to every step of a sequence. */
  public static BatchNormalization normOf(Layer layer) {
    return (BatchNormalization)
        (layer instanceof TimeDistributed wrapper ? wrapper.getUnderlying() : layer);
  }

  private static double[] vector(Map<String, INDArray> parameters, String key) {
    INDArray array = Objects.requireNonNull(parameters.get(key));
    return array.castTo(DataType.DOUBLE).reshape(array.length()).toDoubleVector();
  }

  private static double[] filled(int length, double value) {
    double[] filled = new double[length];
    Arrays.fill(filled, value);
    return filled;
  }

  /** s = γ/√(σ² + ε). */
  public double[] scale() {
    double[] scale = new double[gamma.length];
    Arrays.setAll(scale, i -> gamma[i] / deviation[i]);
    return scale;
  }

  /** t = β − s·μ. */
  public double[] shift() {
    double[] scale = scale();
    double[] shift = new double[gamma.length];
    Arrays.setAll(shift, i -> beta[i] - scale[i] * mean[i]);
    return shift;
  }

  boolean isValid() {
    for (int i = 0; i < gamma.length; i++) {
      double sum = gamma[i] + beta[i] + mean[i];
      if (!Double.isFinite(sum) || !(deviation[i] > 0) || !Double.isFinite(deviation[i])) {
        return false;
      }
    }
    return true;
  }
}
