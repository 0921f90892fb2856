package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.Site.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Batch normalization of a random graph. */
record NormLayer(Gammas gammas, double epsilon) implements Layer {
  /** What its gammas are. */
  enum Gammas {
    POSITIVE,
    MIXED,
    MOSTLY_POSITIVE,
    SOME_TINY,
    SOME_ZERO,
    ZERO;

    private double draw(int channel, Random random) {
      double magnitude = 0.4 + 1.2 * random.nextDouble();
      double mixed = random.nextBoolean() ? magnitude : -magnitude;
      return switch (this) {
        case POSITIVE -> magnitude;
        case MIXED -> mixed;
        case MOSTLY_POSITIVE -> random.nextInt(25) == 0 ? -magnitude : magnitude;
        case SOME_TINY -> channel % 3 == 1 ? 1e-6 * mixed : magnitude;
        case SOME_ZERO -> channel % 3 == 1 ? 0 : mixed;
        case ZERO -> 0;
      };
    }
  }

  @Override
  public Value build(Site at, List<Value> inputs) {
    Value x = inputs.get(0);
    int channels = x.channels();
    double[] gamma = new double[channels];
    double[] variance = new double[channels];
    Arrays.setAll(gamma, i -> gammas.draw(i, at.random()));
    Arrays.setAll(variance, i -> 0.2 + 1.8 * at.random().nextDouble());
    return new Value(
        at.graph
            .nn()
            .batchNorm(
                at.name(),
                x.variable(),
                at.parameter("mean", at.gaussians(0.5, channels)),
                at.parameter("var", variance),
                at.parameter("gamma", gamma),
                at.parameter("beta", at.gaussians(0.5, channels)),
                epsilon,
                at.axis(x)),
        channels,
        x.height(),
        x.width());
  }

  @Override
  public List<Layer> simpler() {
    return gammas == Gammas.POSITIVE
        ? List.of()
        : List.of(new NormLayer(Gammas.POSITIVE, epsilon), new NormLayer(Gammas.MIXED, epsilon))
            .stream()
            .filter(norm -> !norm.equals(this))
            .map(Layer.class::cast)
            .toList();
  }
}
