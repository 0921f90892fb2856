package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the batch-normalization operators have in common: s = γ/√(σ² + ε), t = β − s·μ. */
final class BatchNorms {
  private BatchNorms() {}

  static boolean translate(BatchNormBinding binding, Layout layout, Reading reading) {
    Op op = binding.op();
    int channels = layout.channels();
    double[] mean = vector(op, binding.mean(), 0, channels, reading);
    double[] variance = vector(op, binding.variance(), 1, channels, reading);
    double[] gamma = vector(op, binding.gamma(), 1, channels, reading);
    double[] beta = vector(op, binding.beta(), 0, channels, reading);
    if (mean == null || variance == null || gamma == null || beta == null) {
      return refuseParameters(op, layout, reading);
    }
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int i = 0; i < channels; i++) {
      scale[i] = gamma[i] / Math.sqrt(variance[i] + binding.epsilon());
      shift[i] = beta[i] - scale[i] * mean[i];
      boolean valid =
          variance[i] >= 0
              && Double.isFinite(variance[i])
              && Double.isFinite(scale[i])
              && Double.isFinite(shift[i]);
      if (!valid) {
        reading.refuse(
            new Refusal(
                op.label(),
                Reason.INVALID_PARAMETERS,
                String.format(
                    Locale.ROOT,
                    "Channel %d has mean %s, variance %s, gamma %s, beta %s, epsilon %s.",
                    i,
                    mean[i],
                    variance[i],
                    gamma[i],
                    beta[i],
                    binding.epsilon()),
                "Repair the parameters: a variance is not negative, and all are finite."));
        return false;
      }
    }
    reading.add(
        new BatchNorm(
            op.label(),
            reading.input(op.input(0), layout),
            reading.output(op.output(), layout),
            scale,
            shift),
        binding);
    return true;
  }

  private static double @Nullable [] vector(
      Op op, int input, double absent, int channels, Reading reading) {
    if (input < 0) {
      double[] vector = new double[channels];
      Arrays.fill(vector, absent);
      return vector;
    }
    INDArray array = input < op.inputs().size() ? reading.constants().array(op.input(input)) : null;
    if (array == null || array.length() != channels) {
      return null;
    }
    double[] vector = new double[channels];
    Arrays.setAll(vector, array::getDouble);
    return vector;
  }

  private static boolean refuseParameters(Op op, Layout layout, Reading reading) {
    boolean constant =
        op.inputs().stream().skip(1).allMatch(name -> reading.constants().isKnown(name));
    if (constant) {
      return refuseForm(
          op,
          reading,
          String.format(
              Locale.ROOT,
              "Its parameters do not have the length %d of its channel axis.",
              layout.channels()));
    }
    reading.refuse(
        new Refusal(
            op.label(),
            Reason.NOT_CONSTANT,
            String.format(
                Locale.ROOT, "Its parameters are computed by the network: %s.", op.inputs()),
            "Make its mean, variance, gamma and beta constants."));
    return false;
  }

  static boolean refuseForm(Op op, Reading reading, String detail) {
    reading.refuse(
        new Refusal(
            op.label(),
            Reason.UNSUPPORTED_FORM,
            detail,
            "Normalize over one axis, with one parameter a channel."));
    return false;
  }
}
