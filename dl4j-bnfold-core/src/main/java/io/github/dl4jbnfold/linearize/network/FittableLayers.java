package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * The layers of a merged network that can be fitted: those that were merged and those behind them,
 * where the network with its activations tells what they are to write.
 */
final class FittableLayers {
  /** Above, the equations take more memory and time than a training. */
  private static final int MOST_COLUMNS = 4096;

  private final Structure reference;
  private final SourceNetwork merged;
  private final NetworkRuns.Found found;

  private FittableLayers(Structure reference, SourceNetwork merged, NetworkRuns.Found found) {
    this.reference = reference;
    this.merged = merged;
    this.found = found;
  }

  /**
   * The layers, in the order of the network.
   *
   * @param reference the network with its activations
   * @param found the linear steps of the merged network
   * @param names the merged layers
   */
  static List<FittedLayer> of(
      Structure reference, SourceNetwork merged, NetworkRuns.Found found, Set<String> names) {
    FittableLayers fittable = new FittableLayers(reference, merged, found);
    Set<String> reached = new HashSet<>();
    List<FittedLayer> layers = new ArrayList<>();
    for (Step step : merged.structure().steps()) {
      if (names.contains(step.name()) || step.inputs().stream().anyMatch(reached::contains)) {
        reached.add(step.name());
        fittable.layer(step).ifPresent(layers::add);
      }
    }
    return layers;
  }

  private Optional<FittedLayer> layer(Step step) {
    Unit unit = found.units().get(step.name());
    Flow flow = found.flows().get(step.name());
    boolean known =
        isTold(step.name())
            && step.inputs().stream().noneMatch(in -> isOverwritten(merged.structure(), in));
    return unit == null || flow == null || step.layer() == null || !known
        ? Optional.empty()
        : FittedLayer.of(unit, step.layer(), flow.channelAxis(), merged.parameters(step.name()))
            .filter(layer -> layer.columns() <= MOST_COLUMNS);
  }

  /** Whether the reference writes what the layer computes before its activation, and leaves it. */
  private boolean isTold(String name) {
    return reference.contains(name)
        && isLinear(reference.step(name))
        && !isOverwritten(reference, name);
  }

  /** DL4J's batch normalizations have an activation in their configuration that nothing applies. */
  private static boolean isLinear(Step step) {
    return !(step.layer() instanceof BaseLayer layer)
        || layer instanceof BatchNormalization
        || layer.getActivationFn() instanceof ActivationIdentity;
  }

  /** Whether an activation writes into the array, be it under another name. */
  private static boolean isOverwritten(Structure structure, String name) {
    return structure.steps().stream()
        .filter(step -> step.inputs().contains(name))
        .anyMatch(
            step ->
                step.layer() instanceof ActivationLayer
                    || (passesOn(step) && isOverwritten(structure, step.name())));
  }

  /** Whether what a step writes may be the array that it reads. */
  private static boolean passesOn(Step step) {
    return step.layer() instanceof DropoutLayer
        || (step.vertex() != null
            && !(step.vertex() instanceof ElementWiseVertex)
            && !(step.vertex() instanceof MergeVertex));
  }
}
