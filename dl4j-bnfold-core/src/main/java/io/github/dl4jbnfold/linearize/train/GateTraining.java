package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * How gates are trained.
 *
 * @param penalty λ, what an activation costs at α = 0
 * @param power p: the penalty is λ·c·|1 − α^p|
 * @param start the α of all gates at the beginning
 * @param rateFactor the learning rate of α by that of the weights
 * @param costs c by the names of the gates; 1 where none is given
 */
record GateTraining(
    double penalty,
    double power,
    double start,
    double rateFactor,
    SortedMap<String, Double> costs) {
  GateTraining {
    costs = Collections.unmodifiableSortedMap(new TreeMap<>(costs));
  }

  /** Where the α of the gates are, by the names of their steps. */
  static SortedMap<String, INDArray> views(SourceNetwork network) {
    SortedMap<String, INDArray> views = new TreeMap<>();
    for (Step step : network.structure().steps()) {
      if (step.layer() instanceof GateLayer) {
        views.put(step.name(), network.parameters(step.name()).get(GateLayer.ALPHA));
      }
    }
    return views;
  }

  /** The α of the gates by the names of their steps. */
  static SortedMap<String, Double> alphas(Model network) {
    SortedMap<String, Double> alphas = new TreeMap<>();
    views(Networks.source(network)).forEach((name, view) -> alphas.put(name, view.getDouble(0)));
    return alphas;
  }

  /**
   * A copy of a network at the beginning of a training with these gates.
   *
   * @param updater of the weights
   * @throws TrainingException if it has no gates that are trained, or not those that have costs
   */
  <M extends Model> M start(M network, IUpdater updater) {
    IUpdater ofGates = Updaters.scaled(updater, rateFactor);
    SortedSet<String> gates = new TreeSet<>();
    M copy =
        Updaters.restarted(
            network,
            updater,
            (name, configuration) -> {
              if (configuration.getLayer() instanceof GateLayer gate && !gate.frozen()) {
                configuration.setLayer(gate(gate, name, ofGates));
                gates.add(name);
              }
            });
    require(gates);
    SortedMap<String, INDArray> views = views(Networks.source(copy));
    gates.forEach(name -> Objects.requireNonNull(views.get(name)).assign(start));
    return copy;
  }

  private GateLayer gate(GateLayer gate, String name, IUpdater updater) {
    GateLayer other =
        new GateLayer.Builder()
            .activation(gate.activation())
            .start(start)
            .line(gate.channelAxis(), gate.slope(), gate.shift())
            .penalty(penalty * costs.getOrDefault(name, 1.0), power)
            .updater(updater)
            .build();
    other.setLayerName(gate.getLayerName());
    return other;
  }

  private void require(SortedSet<String> gates) {
    if (gates.isEmpty()) {
      throw new TrainingException(
          "The network has no gates that are trained. Maybe it has no activations between layers"
              + " that could be merged.");
    }
    SortedSet<String> unknown = new TreeSet<>(costs.keySet());
    unknown.removeAll(gates);
    if (!unknown.isEmpty()) {
      throw new TrainingException(
          "There are costs of the gates %s, but the gates are %s.".formatted(unknown, gates));
    }
  }
}
