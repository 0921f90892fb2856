package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.network.read.Binding.NormBinding;
import io.github.dl4jbnfold.network.read.NormValues;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rewrites batch normalizations that stay. In training they normalize by the statistics of the
 * examples and move their own towards them, so these become the statistics of what they read now.
 */
final class NormLayers {
  private final SourceNetwork network;
  private final NetworkEdit edit;

  NormLayers(SourceNetwork network, NetworkEdit edit) {
    this.network = network;
    this.edit = edit;
  }

  /**
   * μ̃ = a_in·μ + c_in, σ̃ = |a_in|·σ, γ̃ = s̃·√(σ̃² + ε) and β̃ = t̃ + s̃·μ̃. But for ε, γ is
   * multiplied by a_out·sign(a_in) and β by a_out. Locked values become parameters.
   */
  void rewrite(NormBinding binding, AffineRewrite rewrite, Gauge in, Gauge out) {
    String step = binding.step().name();
    BatchNormalization layer = NormValues.normOf(Objects.requireNonNull(binding.step().layer()));
    Map<String, INDArray> parameters = network.parameters(step);
    double[] mean = NormValues.of(layer, parameters).mean();
    String key =
        layer.isUseLogStd()
            ? BatchNormalizationParamInitializer.GLOBAL_LOG_STD
            : BatchNormalizationParamInitializer.GLOBAL_VAR;
    INDArray spreads = Objects.requireNonNull(parameters.get(key));
    double[] spread = spreads.castTo(DataType.DOUBLE).reshape(mean.length).toDoubleVector();
    double[] gamma = new double[mean.length];
    double[] beta = new double[mean.length];
    double[] factor = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double scale = in.scale()[i];
      if (scale != 0 && !in.isConstant(i)) {
        mean[i] = scale * mean[i] + in.shift()[i];
        // A variance may be a little negative, as long as ε makes up for it.
        spread[i] =
            layer.isUseLogStd()
                ? spread[i] + Math.log10(Math.abs(scale))
                : Math.max(scale * scale * spread[i], Math.min(spread[i], 0));
      }
      double variance = layer.isUseLogStd() ? Math.pow(10, 2 * spread[i]) : spread[i];
      gamma[i] = rewrite.scale()[i] * Math.sqrt(variance + layer.getEps());
      beta[i] = rewrite.shift()[i] + rewrite.scale()[i] * mean[i];
      factor[i] = Math.signum(scale) * out.scale()[i];
    }
    set(step, BatchNormalizationParamInitializer.GAMMA, gamma, factor);
    set(step, BatchNormalizationParamInitializer.BETA, beta, out.scale());
    set(step, BatchNormalizationParamInitializer.GLOBAL_MEAN, mean, null);
    set(step, key, spread, null);
    if (layer.isLockGammaBeta()) {
      edit.configure(step, copy -> NormValues.normOf(copy).setLockGammaBeta(false));
    }
  }

  private void set(String step, String key, double[] value, double @Nullable [] factor) {
    INDArray factors = factor == null ? null : Nd4j.createFromArray(factor);
    edit.set(step, key, new NewParameter(Nd4j.createFromArray(value), factors));
  }
}
