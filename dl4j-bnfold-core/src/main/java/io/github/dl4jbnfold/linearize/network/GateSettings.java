package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.layers.GatePenalty;
import io.github.dl4jbnfold.layers.ScaledRate;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * How gates are built.
 *
 * @param wanted which activations get one, by the name of their step
 * @param start α before training
 * @param penalty λ
 * @param weight c of one gate, by the name of the step whose activation it is
 * @param power p
 * @param rate by what the learning rate of the weights before it is multiplied for α
 */
public record GateSettings(
    Predicate<String> wanted,
    double start,
    double penalty,
    ToDoubleFunction<String> weight,
    double power,
    double rate) {
  /** The same gate with another end. */
  static GateLayer ending(GateLayer gate, int channelAxis, Line line) {
    GateLayer.Builder builder =
        new GateLayer.Builder()
            .activation(gate.activation())
            .start(gate.start())
            .line(channelAxis, line.slope(), line.shift())
            .updater(gate.updater())
            .frozen(gate.frozen());
    GatePenalty penalty = gate.penalty();
    return (penalty == null ? builder : builder.penalty(penalty.weight(), penalty.power())).build();
  }

  GateLayer gate(String step, IActivation activation, IUpdater updater) {
    return new GateLayer.Builder()
        .activation(activation)
        .start(start)
        .penalty(penalty * weight.applyAsDouble(step), power)
        .updater(faster(updater))
        .build();
  }

  private IUpdater faster(IUpdater updater) {
    IUpdater faster = updater.clone();
    if (faster.hasLearningRate() && rate != 1) {
      faster.setLrAndSchedule(Double.NaN, new ScaledRate(updater, rate));
    }
    return faster;
  }
}
